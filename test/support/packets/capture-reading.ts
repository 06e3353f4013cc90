import {
  CaptureReader,
  type CaptureConnection,
  type CaptureDns,
  type CaptureSummary,
} from '../../../src/parse/capture/index.ts';

export interface CaptureReading {
  readonly summary: CaptureSummary;
  readonly connections: readonly CaptureConnection[];
  readonly dns: readonly CaptureDns[];
  readonly reader: CaptureReader;
}

/** Reads a capture, in chunks of the given size. */
export function readCapture(file: Uint8Array, chunkBytes = Math.max(1, file.length)): CaptureReading {
  const reader = new CaptureReader();
  for (let at = 0; at < file.length; at += chunkBytes) reader.push(file.slice(at, at + chunkBytes));
  const summary = reader.end();
  return { summary, connections: [...reader.connections()], dns: [...reader.dns()], reader };
}

/** The names in all hellos, in the connections' order. */
export function namesIn(file: Uint8Array, chunkBytes?: number): string[] {
  return readCapture(file, chunkBytes).connections.flatMap(({ hellos }) =>
    hellos.map(({ serverName }) => (serverName.kind === 'name' ? serverName.name : serverName.kind)),
  );
}
