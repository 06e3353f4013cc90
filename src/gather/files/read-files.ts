import type { Gathered } from '../../core/model/evidence.ts';
import type { Surroundings } from '../../core/judge/traffic/flows.ts';
import type { PmsLog, Traffic } from '../../core/model/traffic.ts';
import { conclude } from './join/conclude.ts';
import { readConfiguration } from './configuration.ts';
import { listInputs, type InputPath } from './open/input-paths.ts';
import { givenFormat } from './kinds/squid-format.ts';
import { Reading } from './reading.ts';
import type { ServerSeen } from './join/join-traffic.ts';
import type { ReadFile } from './join/records.ts';
import { Relevance } from '../flows/relevance.ts';

export type { ReadFile } from './join/records.ts';

export interface ReadFilesOptions {
  /** Files and folders; `-` is standard input. */
  readonly paths: readonly string[];
  /** Only the traffic of these clients; empty: the files decide. */
  readonly clients: readonly string[];
  /** A `logformat` line, its codes alone, or the name of a format that is built in or defined in a squid.conf among the files. */
  readonly squidLogformat: string | null;
  readonly surroundings: Surroundings;
  /** An abort ends the reading; the report covers everything read until then. */
  readonly signal: AbortSignal;
  /** Bytes of files as they are stored, packed ones packed; `totalBytes` null: there is a pipe among them. */
  readonly onProgress: (bytesRead: number, totalBytes: number | null, path: string) => void;
  /** Today, for logs whose lines have no year. */
  readonly nowMs: number;
  /** Missing: as many flows as a report can hold. Infinity: all. */
  readonly flowsKept?: number | undefined;
}

export interface ReadFiles {
  /** not-run when no file shows traffic. */
  readonly traffic: Gathered<Traffic>;
  /** not-run when no file is a log of PMS. */
  readonly pmsLog: Gathered<PmsLog>;
  /** Paths of saved evidence, which another part of the program loads. */
  readonly evidence: readonly string[];
  /** Every file, and every file in a ZIP, that was looked at. */
  readonly files: readonly ReadFile[];
  /** Places that behaved as proxies in captures, as placeKey writes them. */
  readonly proxies: readonly string[];
  /** Several clients could be PMS: of them all, only the traffic that concerns Plex is in it. */
  readonly isPlexOnly: boolean;
  /** Addresses that proxies connected to for a name, by their logs. */
  readonly servers: readonly ServerSeen[];
}

/** Reads files of any kind that tell of PMS's traffic. File types are detected from content, never from names. */
export async function readFiles(options: ReadFilesOptions): Promise<ReadFiles> {
  const { signal, nowMs, clients, onProgress, squidLogformat, surroundings } = options;
  const inputs = await listInputs(options.paths);
  const totalBytes = inputs.some(isPipe) ? null : inputs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const relevance = new Relevance(surroundings.endpoints);
  const reading = new Reading({
    signal,
    nowMs,
    clients,
    relevance,
    onBytes: (read, path) => onProgress(read, totalBytes, path),
  });
  // A squid.conf defines formats of access logs, so it has to come before them.
  const others: InputPath[] = [];
  for (const input of inputs) {
    const configuration = await readConfiguration(input, signal);
    if (configuration === null) others.push(input);
    else reading.addConfiguration(input.path, configuration);
  }
  if (squidLogformat !== null) reading.useFormat(givenFormat(squidLogformat, reading.configurations));
  for (const input of others) await reading.read(input);
  reading.end();
  return {
    ...conclude(reading.records, surroundings, relevance, clients, options.flowsKept),
    files: reading.files,
    evidence: reading.evidence,
  };
}

function isPipe({ sizeBytes, trouble }: InputPath): boolean {
  return sizeBytes === null && trouble === null;
}
