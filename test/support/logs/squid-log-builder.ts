/** Access logs as a busy Squid writes them, the same for the same seed. */

export interface LogShape {
  readonly seed: number;
  readonly lines: number;
  readonly clients: number;
  readonly hosts: number;
}

/** A small generator of even quality (mulberry32): numbers from 0 up to but not including 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PLEX_HOSTS = ['plex.tv', 'metadata.provider.plex.tv', 'analytics.plex.tv', 'pubsub.plex.tv', 'downloads.plex.tv'];
const WORDS = ['cdn', 'api', 'static', 'images', 'login', 'video', 'updates', 'telemetry', 'mail', 'search'];
/** The end of all requests to a host, by the share of hosts; the proxy's rules and the network decide it. */
const RESULTS: readonly (readonly [share: number, result: string, way: string])[] = [
  [0.86, 'TCP_TUNNEL/200', 'HIER_DIRECT'],
  [0.96, 'TCP_DENIED/403', 'HIER_NONE'],
  [0.98, 'NONE_NONE/503', 'HIER_NONE'],
  [1, 'NONE_NONE_ABORTED/000', 'HIER_NONE'],
];
const PLAIN_RESULTS = ['TCP_MISS/200', 'TCP_MISS/200', 'TCP_MISS/200', 'TCP_MEM_HIT/200', 'TCP_REFRESH_UNMODIFIED/304'];
const SHARE_OF_PLAIN = 0.25;
const SHARE_OF_CHALLENGES = 0.04;
const SHARE_OF_ABORTED = 0.03;
const START_MS = 1_700_000_000_000;
const VISITS_AT_A_TIME = 200;
const REQUESTS_PER_VISIT = 12;
const LINES_PER_CHUNK = 10_000;

/**
 * Chunks of whole lines in Squid's native format, 115 bytes a line on average. Clients come in visits of some requests to one host,
 * many visits at a time; hosts are chosen by Zipf's law.
 */
export function* nativeLog({ seed, lines, clients, hosts }: LogShape): Generator<Buffer> {
  const random = randomNumbers(seed);
  const all = hostsOf(hosts, random);
  const rank = zipfPicker(hosts, random);
  const visit = (): Visit => {
    const host = all[rank()] ?? { name: 'plex.tv', plain: false, fate: 0 };
    const server = `198.51.100.${host.name.length + Math.floor(random() * 3)}`;
    return { client: `10.0.3.${Math.floor(random() ** 2 * clients)}`, host, server };
  };
  const visits = Array.from({ length: VISITS_AT_A_TIME }, visit);
  let ms = START_MS;
  for (let done = 0; done < lines; done += LINES_PER_CHUNK) {
    let text = '';
    for (let i = Math.min(LINES_PER_CHUNK, lines - done); i > 0; i -= 1) {
      ms += Math.floor(random() * 60);
      const place = Math.floor(random() * VISITS_AT_A_TIME);
      if (random() * REQUESTS_PER_VISIT < 1) visits[place] = visit();
      text += nativeLine(ms, visits[place] ?? visit(), random);
    }
    yield Buffer.from(text);
  }
}

interface Visit {
  readonly client: string;
  readonly host: Host;
  readonly server: string;
}

function nativeLine(ms: number, { client, host, server }: Visit, random: () => number): string {
  const time = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`;
  const elapsed = String(Math.floor(random() ** 4 * 900_000)).padStart(6);
  const start = `${time} ${elapsed} ${client}`;
  const size = Math.floor(random() ** 3 * 400_000);
  if (host.plain) {
    const path = `${WORDS[Math.floor(random() * 10)]}/${Math.floor(random() * 1e9).toString(36)}.jpg`;
    const result = PLAIN_RESULTS[Math.floor(random() * PLAIN_RESULTS.length)];
    return `${start} ${result} ${size} GET http://${host.name}/${path} - HIER_DIRECT/${server} image/jpeg\n`;
  }
  const chance = random();
  if (chance < SHARE_OF_CHALLENGES) {
    return `${start} TCP_DENIED/407 4123 CONNECT ${host.name}:443 - HIER_NONE/- text/html\n`;
  }
  const [, usual = '', way] = RESULTS.find(([limit]) => host.fate < limit) ?? [];
  const aborted = way === 'HIER_DIRECT' && chance > 1 - SHARE_OF_ABORTED;
  const result = aborted ? usual.replace('/', '_ABORTED/') : usual;
  const address = way === 'HIER_DIRECT' ? server : '-';
  return `${start} ${result} ${size} CONNECT ${host.name}:443 - ${way}/${address} -\n`;
}

interface Host {
  readonly name: string;
  /** Asked without TLS. */
  readonly plain: boolean;
  readonly fate: number;
}

function hostsOf(count: number, random: () => number): Host[] {
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const plex = PLEX_HOSTS[i / 4];
    const name = plex ?? `${word()}${i}.example${i % 50}.net`;
    return { name, plain: plex === undefined && random() < SHARE_OF_PLAIN, fate: random() };
  });
}

/** Ranks in proportion to 1/rank. */
function zipfPicker(count: number, random: () => number): () => number {
  const sums: number[] = [];
  for (let rank = 1; rank <= count; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const total = sums.at(-1) ?? 0;
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
