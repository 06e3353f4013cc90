import type { Readable } from 'node:stream';
import type { Surroundings } from '../../core/flows.ts';
import type { Traffic, Watcher } from '../../core/traffic.ts';
import { detectTinyproxy } from '../../parse/tinyproxy-log.ts';
import { valueOf } from '../../core/evidence.ts';
import { conclude } from '../logs/conclude.ts';
import { readAccessLog } from '../logs/content-readers.ts';
import { formatOf } from '../logs/log-format.ts';
import { Relevance } from '../logs/relevance.ts';
import { markEnd, readAdded, TAIL_LIMIT_BYTES } from './tail.ts';

const SAMPLE_BYTES = 65_536;

/** The proxy's log while the experiment runs. */
export interface ProxyLog {
  /** What it got since. Where that is nothing, or no log, its watcher shows nothing and says why. */
  read(reading: ProxyLogReading): Promise<Traffic>;
  /** Lets go of it unread. */
  close(): void;
}

export interface ProxyLogReading {
  readonly surroundings: Surroundings;
  /** Addresses of the PMS host: a proxy has other clients too. */
  readonly clients: readonly string[];
}

/** Remembers where a log ends now; a code where it cannot be read. */
export async function followFile(path: string): Promise<ProxyLog | { readonly code: string }> {
  const tail = await markEnd(path);
  if (tail.inode === null) return typeof tail.from === 'number' ? { code: 'ENOENT' } : tail.from;
  if (typeof tail.from !== 'number') return tail.from;
  const since = new Date();
  return {
    read: async (reading) => {
      const bytes = await readAdded(tail);
      return bytes === null
        ? unread(path, since, 'it could not be read any more')
        : trafficOf({ path, since, bytes, remarks: [] }, reading);
    },
    close: () => undefined,
  };
}

/** Collects what a pipe brings (`ssh proxy tail -n0 -f access.log |`); its writer may outlive us. */
export function followPipe(stream: Readable, limitBytes = TAIL_LIMIT_BYTES): ProxyLog {
  const chunks: Uint8Array[] = [];
  const since = new Date();
  let length = 0;
  let isCut = false;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Uint8Array) => {
    isCut ||= length + chunk.length > limitBytes;
    if (isCut) return;
    chunks.push(chunk);
    length += chunk.length;
  });
  return {
    read: (reading) => {
      stream.destroy();
      const remarks = isCut ? [`of what came only the first ${length} bytes were read`] : [];
      return trafficOf({ path: 'standard input', since, bytes: Buffer.concat(chunks), remarks }, reading);
    },
    close: () => void stream.destroy(),
  };
}

interface Added {
  readonly path: string;
  readonly since: Date;
  readonly bytes: Uint8Array;
  readonly remarks: readonly string[];
}

async function trafficOf(
  { path, since, bytes, remarks }: Added,
  { surroundings, clients }: ProxyLogReading,
): Promise<Traffic> {
  // That may as well be the log of another proxy, or one that is written late.
  if (bytes.length === 0) return unread(path, since, 'nothing was added to it meanwhile: that proves nothing');
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const format = formatOf(sample, path, { given: null, configurations: [] });
  if (format === null && !detectTinyproxy(sample))
    return unread(path, since, 'what was added to it is no access log that is known');
  const relevance = new Relevance(surroundings.endpoints);
  const { signal } = new AbortController();
  const { record } = await readAccessLog({ path, chunks: once(bytes), remarks }, format, {
    signal,
    nowMs: Date.now(),
    clients: [],
    relevance,
  });
  const known = record.clients.flatMap(({ client }) => (clients.includes(client) ? [client] : []));
  const { traffic } = conclude({ captures: [], accessLogs: [record], pmsLogs: [] }, surroundings, relevance, known);
  const seen = valueOf(traffic);
  if (seen === null) return unread(path, since, 'there is nothing in it');
  return {
    ...seen,
    watchers: seen.watchers.map((watcher) => ({
      ...watcher,
      // It was followed all the time, also when its lines are fewer.
      ...(watcher.shows.length > 0 ? { from: since.toISOString(), to: new Date().toISOString() } : {}),
      problems: [...watcher.problems, ...remarks],
    })),
  };
}

function unread(source: string, since: Date, problem: string): Traffic {
  const watcher: Watcher = {
    kind: 'access-log',
    source,
    from: since.toISOString(),
    to: new Date().toISOString(),
    shows: [],
    misses: [],
    problems: [problem],
  };
  return { watchers: [watcher], flows: [], questions: [], omitted: 0 };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
