import type { Readable } from 'node:stream';
import { failed, notRun, type Gathered } from '../../core/evidence.ts';
import type { Surroundings } from '../../core/flows.ts';
import type { Traffic } from '../../core/traffic.ts';
import { conclude } from '../logs/conclude.ts';
import { readAccessLog } from '../logs/content-readers.ts';
import { formatOf } from '../logs/log-format.ts';
import { Relevance } from '../logs/relevance.ts';
import { detectTinyproxy } from '../../parse/tinyproxy-log.ts';
import { markEnd, readAdded, type Tail } from './tail.ts';

/** What a pipe may bring in the time of an experiment. */
const PIPE_LIMIT_BYTES = 64 * 1024 * 1024;
const SAMPLE_BYTES = 65_536;

/** The proxy's log while the experiment runs. */
export interface ProxyLog {
  /** What it got since; not-run when nothing was added. */
  read(surroundings: Surroundings, signal: AbortSignal): Promise<Gathered<Traffic>>;
}

/** Remembers where a log ends now. */
export async function followFile(path: string): Promise<ProxyLog> {
  const tail: Tail = await markEnd(path);
  return {
    read: async (surroundings, signal) => {
      if (typeof tail.from !== 'number') return failed(tail.from.code, `${path} cannot be read (${tail.from.code})`);
      const bytes = await readAdded(tail);
      return bytes === null
        ? failed('EIO', `${path} could not be read any more`)
        : trafficOf(path, bytes, surroundings, signal);
    },
  };
}

/** Collects what a pipe brings (`ssh proxy tail -n0 -f access.log |`); its writer may outlive us. */
export function followPipe(stream: Readable): ProxyLog {
  const chunks: Uint8Array[] = [];
  let length = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Uint8Array) => {
    if (length + chunk.length > PIPE_LIMIT_BYTES) return;
    chunks.push(chunk);
    length += chunk.length;
  });
  return {
    read: (surroundings, signal) => {
      stream.destroy();
      return trafficOf('standard input', Buffer.concat(chunks), surroundings, signal);
    },
  };
}

async function trafficOf(
  path: string,
  bytes: Uint8Array,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Gathered<Traffic>> {
  if (bytes.length === 0) return notRun('NOTHING_LOGGED', `${path}: nothing was added to it meanwhile`);
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const format = formatOf(sample, path, { given: null, configurations: [] });
  if (format === null && !detectTinyproxy(sample))
    return failed('NOT_A_LOG', `${path}: what was added to it is no access log that is known`);
  const relevance = new Relevance(surroundings.endpoints);
  const named = { path, chunks: once(bytes), remarks: [] };
  const { record } = await readAccessLog(named, format, { signal, nowMs: Date.now(), clients: [], relevance });
  return conclude({ captures: [], accessLogs: [record], pmsLogs: [] }, surroundings, relevance, []).traffic;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
