import type { Readable } from 'node:stream';
import type { Surroundings } from '../../core/judge/traffic/flows.ts';
import type { Traffic, Watcher } from '../../core/model/traffic.ts';
import { valueOf } from '../../core/model/evidence.ts';
import { conclude } from '../files/join/conclude.ts';
import { HEAD_BYTES, surestFormat } from '../files/kinds/format.ts';
import { PROXY_LOGS } from '../files/formats.ts';
import { NOTHING_KNOWN } from '../files/kinds/squid-format.ts';
import { Relevance } from '../flows/relevance.ts';
import { markEnd, readAdded, TAIL_LIMIT_BYTES } from './tail.ts';

/** The proxy's log while the experiment runs. */
export interface ProxyLog {
  /** Lines added since. If there are none, or no log, its watcher shows nothing and says why. */
  read(reading: ProxyLogReading): Promise<Traffic>;
  /** Ends the watch without reading the log. */
  close(): void;
}

export interface ProxyLogReading {
  readonly surroundings: Surroundings;
  /** Addresses of the PMS host: a proxy has other clients too. */
  readonly clients: readonly string[];
}

/** Remembers the current end of a log; a code when the log cannot be read. */
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

/** Collects the lines of a pipe (`ssh proxy tail -n0 -f access.log |`); its writer may outlive us. */
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
  // The file may as well be the log of another proxy, or one that is written late.
  if (bytes.length === 0) return unread(path, since, 'nothing was added to it meanwhile: that proves nothing');
  const head = { bytes: bytes.subarray(0, HEAD_BYTES), path, member: null, known: NOTHING_KNOWN };
  const relevance = new Relevance(surroundings.endpoints);
  const opening = surestFormat(PROXY_LOGS, head)?.format.open(head, { nowMs: Date.now(), clients: [], relevance });
  if (opening?.kind !== 'read') return unread(path, since, 'its new lines are no access log of a known format');
  opening.reader.push(bytes);
  const contents = opening.reader.end({ trouble: null, remarks, endsInLine: false });
  const accessLogs = contents.flatMap(({ records }) => records.accessLogs ?? []);
  const seenClients = new Set(accessLogs.flatMap((log) => log.clients.map(({ client }) => client)));
  const known = clients.filter((client) => seenClients.has(client));
  const { traffic } = conclude({ captures: [], accessLogs, pmsLogs: [] }, surroundings, relevance, known);
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
