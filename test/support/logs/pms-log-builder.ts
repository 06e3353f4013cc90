/** Writes logs in the shapes that Plex Media Server, its scanner and its plug-ins have. All values are invented. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * `server`: since 2016. `old`: before, without milliseconds. `windows-old`: with a colon before them. `console`: copied from
 * Plex Web's console, with an em dash and levels in lower case.
 */
export const SERVER_STYLES = ['server', 'old', 'windows-old', 'console'] as const;
export type ServerStyle = (typeof SERVER_STYLES)[number];

/** A glibc build, a musl build, macOS, Windows. */
export const THREADS = ['0x7f82b01aa8', '23030498642744', '0x16c037000', '4344'] as const;

export interface Message {
  readonly atMs: number;
  readonly thread?: string;
  readonly level?: string;
  readonly text: string;
}

/** One message of PMS, without its line end; `atMs` is local time, read as if it were UTC. */
export function serverLine(style: ServerStyle, { atMs, thread = THREADS[0], level = 'DEBUG', text }: Message): string {
  const at = new Date(atMs);
  const day = `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}, ${at.getUTCFullYear()}`;
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const ms = three(at.getUTCMilliseconds());
  switch (style) {
    case 'server':
      return `${day} ${time}.${ms} [${thread}] ${level} - ${text}`;
    case 'old':
      return `${day} ${time} [${thread}] ${level} - ${text}`;
    case 'windows-old':
      return `${day} ${time}:${ms} [${thread}] ${level} - ${text}`;
    case 'console':
      return `${day} ${time}.${ms} [${thread}] ${level.slice(0, 1)}${level.slice(1).toLowerCase()} — ${text}`;
  }
}

/** One message of a plug-in. `module` is `networking:144`. */
export function pluginLine({ atMs, thread = '7f33fc85c808', level = 'DEBUG', text }: Message, module: string): string {
  const at = new Date(atMs);
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${day} ${time},${three(at.getUTCMilliseconds())} (${thread}) :  ${level} (${module}) - ${text}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  return `${value}`.padStart(3, '0');
}

/** The shapes of the texts of messages. `hcl` is the number of a request in hexadecimal, as PMS has written it since 2021. */
export const TEXT = {
  start: (program: string, version: string, zone: string) =>
    `${program} v${version} - Example Host x86_64 - build: linux-x86_64 debian - GMT ${zone}`,
  request: (method: string, url: string, hcl?: string) => `${group('', hcl)}HTTP requesting ${method} ${url}`,
  answer: (method: string, url: string, status: number, hcl?: string) =>
    `${group('HttpClient/', hcl)}HTTP/1.1 (0.2s) ${status} response from ${method} ${url} (reused)`,
  oldAnswer: (method: string, url: string, status: number) => `HTTP ${status} response from ${method} ${url}`,
  failure: (method: string, url: string, code: number, name: string, detail: string, hcl?: string) =>
    `${group('HttpClient/', hcl)}HTTP error requesting ${method} ${url} (${code}, ${name}) (${detail})`,
  curlCode: (code: number) => `Error issuing curl_easy_perform(handle): ${code}`,
  myPlexError: (code: number, url: string) => `MyPlex: Error ${code} requesting JSON from: ${url}`,
  completed: (client: string, status: number, method: string, path: string) =>
    `Completed: [${client}] ${status} ${method} ${path} (9 live) #89 13ms 698 bytes`,
  oldCompleted: (client: string, status: number, method: string, path: string) =>
    `Completed: [${client}] ${method} ${path} (9 live) GZIP 13ms 698 bytes ${status} (pipelined: 3)`,
} as const;

function group(inner: string, hcl: string | undefined): string {
  return hcl === undefined ? '' : `[${inner}HCl#${hcl}] `;
}

/** A PRNG that repeats (mulberry32): numbers from 0 up to 1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The lines that a server writes most of the time, with the share of each kind as it is seen with debug logging on. */
const EVERYDAY: readonly ((random: () => number) => string)[] = [
  (random) =>
    `Request: [192.0.2.${number(random, 250)}:${number(random, 60_000)} (Subnet)] GET /library/metadata/${number(random, 90_000)}?includeConcerts=1&includeExtras=1&includeOnDeck=1 (${number(random, 30)} live) #${hex(random)} TLS GZIP Signed-in Token (someone) (Living Room)`,
  (random) =>
    `Completed: [192.0.2.${number(random, 250)}:${number(random, 60_000)}] 200 GET /library/metadata/${number(random, 90_000)}?includeConcerts=1&includeExtras=1&includeOnDeck=1 (${number(random, 30)} live) #${hex(random)} TLS GZIP ${number(random, 90)}ms ${number(random, 90_000)} bytes (pipelined: 3)`,
  (random) => `[Req#${hex(random)}] Setting container serialization range to [0, ${number(random, 50)}] (total=-1)`,
  (random) =>
    `[Req#${hex(random)}] It took ${number(random, 90)}.000000 ms to serialize a list with ${number(random, 900)} elements.`,
  (random) => `[Now] User is someone (ID: ${number(random, 90_000_000)})`,
  (random) =>
    `[Req#${hex(random)}] Loaded metadata for An Example of a Title (ID ${number(random, 90_000)}) in ${number(random, 20)}ms`,
  (random) => `WebSocket: processed ${number(random, 9)} frame(s)`,
];

function number(random: () => number, limit: number): number {
  return Math.floor(random() * limit) + 1;
}

function hex(random: () => number): string {
  return number(random, 0xffff).toString(16);
}

const HOSTS = ['plex.tv', 'metadata.provider.plex.tv', 'pubsub.plex.tv', 'epg.provider.plex.tv', 'image.tmdb.org'];

export interface MixtureCounts {
  lines: number;
  failures: number;
  answers: number;
}

/**
 * A server's log in blocks of lines, without end: about one line in seven is about a request that PMS makes, and one of those
 * in fifty fails. `counts` is kept up to date.
 */
export function* mixture(seed: number, counts: MixtureCounts): Generator<string, never> {
  const random = seeded(seed);
  let atMs = Date.UTC(2026, 0, 5);
  let hcl = 0;
  const line = (text: string, level = 'DEBUG'): string => {
    counts.lines += 1;
    atMs += number(random, 40);
    const thread = `2303049864${2_000 + number(random, 40)}`;
    return `${serverLine('server', { atMs, thread, level, text })}\n`;
  };
  let first = true;
  for (;;) {
    let block = '';
    if (first) block += line(TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00'), 'INFO');
    first = false;
    for (let i = 0; i < 64; i += 1) {
      for (let quiet = 0; quiet < 12; quiet += 1)
        block += line((EVERYDAY[Math.floor(random() * EVERYDAY.length)] ?? hex)(random));
      hcl += 1;
      const number16 = hcl.toString(16);
      const url = `https://${HOSTS[Math.floor(random() * HOSTS.length)]}/api/v2/thing/${number(random, 900)}?X-Plex-Token=xxxxxxxxxxxxxxxxxxxx`;
      block += line(TEXT.request('GET', url, number16));
      if (random() < 0.02) {
        counts.failures += 1;
        block += line(
          TEXT.failure(
            'GET',
            url,
            28,
            'Timeout was reached',
            `Connection timed out after ${number(random, 9_000)} milliseconds`,
            number16,
          ),
          'WARN',
        );
      } else {
        counts.answers += 1;
        block += line(TEXT.answer('GET', url, 200, number16));
      }
    }
    yield block;
  }
}

const SYLLABLES = 'ba ko mi ren tal vor sin du pel gra nor ith zen lo sha wick fen hol jor kas lun mar quel rud'.split(
  ' ',
);

/** A word that no language has, with a capital. */
function invented(random: () => number): string {
  const word = Array.from({ length: number(random, 3) }, () => SYLLABLES[number(random, SYLLABLES.length) - 1]);
  return word.join('').replace(/^./, (first) => first.toUpperCase());
}

function title(random: () => number): string {
  return Array.from({ length: number(random, 4) }, () => invented(random)).join(' ');
}

function media(random: () => number): string {
  const show = title(random);
  return `/mnt/media/TV/${show} (${1950 + number(random, 75)})/${show} - S0${number(random, 9)}E${number(random, 20)} - ${title(random)}.mkv`;
}

/** Lines about what is in a library: no two of them are alike. */
const OF_A_LIBRARY: readonly ((random: () => number) => string)[] = [
  (random) => `Scanner: processing file ${media(random)}`,
  (random) => `Updating metadata for '${title(random)}' (${number(random, 90_000)})`,
  (random) =>
    `[Req#${hex(random)}] Request: [192.168.1.${number(random, 250)}:${number(random, 60_000)} (Subnet)] GET /library/metadata/${number(random, 90_000)}/thumb/${number(random, 1e9)} (${number(random, 30)} live) #${hex(random)} TLS GZIP Signed-in Token (${invented(random).toLowerCase()}) (${title(random)})`,
  (random) =>
    `Match: "${title(random)}" (${1950 + number(random, 75)}) scored ${number(random, 99)} for guid=plex://movie/${Array.from(
      { length: 24 },
      () => number(random, 16) - 1,
    )
      .map((digit) => digit.toString(16))
      .join('')}`,
  (random) => `MDE: ${title(random)}: media must be transcoded in order to use the hls protocol`,
  (random) =>
    `Couldn't check for the existence of file "${media(random)}": boost::filesystem::status: Permission denied`,
  (random) =>
    `Play progress on ${number(random, 90_000)} '${title(random)}' - got played ${number(random, 1e6)} ms by account ${number(random, 9)}!`,
];

/** A server's log while it scans a library, in blocks of lines, without end: titles, files, users and ids are others in each line. */
export function* library(seed: number): Generator<string, never> {
  const random = seeded(seed);
  let atMs = Date.UTC(2026, 0, 5);
  for (;;) {
    let block = '';
    for (let i = 0; i < 256; i += 1) {
      atMs += number(random, 40);
      const text = (OF_A_LIBRARY[number(random, OF_A_LIBRARY.length) - 1] ?? hex)(random);
      block += `${serverLine('server', { atMs, thread: `2303049864${2_000 + number(random, 40)}`, text })}\n`;
    }
    yield block;
  }
}
