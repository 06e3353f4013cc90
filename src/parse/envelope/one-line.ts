/**
 * How records of logs and of envelopes begin. A line that begins so and has the same beginning again, behind a space, is a paste of several
 * records. Each is long enough that no message holds it by chance.
 */
const STARTS: readonly string[] = [
  // PMS and its tools
  String.raw`[A-Z][a-z]{2} [ \d]?\d, \d{4} \d\d:\d\d:\d\d(?:[.:]\d{3})? \[`,
  // plug-ins of PMS
  String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \([\da-f]+\) :`,
  // Squid's native format
  String.raw`\d{10}\.\d{3} +\d+ \S+ [A-Z]{2,}[A-Z_]*\/\d{3} `,
  // tinyproxy
  String.raw`[A-Z]{4,8} +[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{3})? \[\d+\]: `,
  // the common format of web servers and proxies
  String.raw`\S+ \S+ \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "`,
  // containers, journals and syslog
  String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)[ \t]`,
  String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} `,
  String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\t`,
  String.raw`@[\da-f]{24} `,
  String.raw`(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[\w.:%-]*\w )?[^:[\]]{1,64}(?:\[\d+\])?: `,
  String.raw`[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ \S+ `,
  String.raw`(?:\d{1,6} )?<\d{1,3}>1 \d{4}-\d\d-\d\dT`,
  String.raw`\[pod\/[\w.-]+\/[\w.-]+\] `,
  String.raw`\{"[\w@]+": ?`,
];

/** Text before a beginning: none, marks of quotes and lists, names of files and services, a priority. All records of a line have the same. */
const MARKS: readonly string[] = [
  '',
  '> ?',
  String.raw`\| `,
  String.raw`[*+] `,
  '"',
  String.raw`\d{1,7}[:.)]?[ \t]*`,
  String.raw`[A-Za-z][\w.-]* +\| ?`,
  String.raw`\[[A-Z][\w ]{0,40}\] `,
  String.raw`[\w./-]+\.(?:log|txt|\d+):(?:\d+:)?`,
  String.raw`<\d{1,3}>`,
];

interface Beginning {
  readonly first: RegExp;
  readonly each: RegExp;
}

const MARKED = new RegExp(`^(?:${MARKS.filter((mark) => mark !== '').join('|')})(?=${STARTS.join('|')})`);

/** A record without the mark before it; any other line as it is. */
export function withoutMark(line: string): string {
  return line.replace(MARKED, '');
}

const BEGINNINGS: readonly Beginning[] = STARTS.flatMap((start) =>
  MARKS.map((mark) => ({
    first: new RegExp(`^${mark}${start}`),
    each: new RegExp(String.raw`(?<=^|[\s,}])${mark}${start}`, 'g'),
  })),
);

/**
 * The records of a line that holds several; null: it holds one, or none that is known. `isHead` tells an envelope without text: then the
 * next beginning is not that of another record, but of what is in it.
 */
export function splitAtStarts(given: string, isHead: (piece: string) => boolean): string[] | null {
  const line = given.trimStart();
  for (const { first, each } of BEGINNINGS) {
    if (!first.test(line)) continue;
    const places = [...line.matchAll(each)].map(({ index }) => index);
    if (places[0] !== 0 || places.length < 2) continue;
    const pieces = places.map((from, at) => line.slice(from, places[at + 1]));
    if (!pieces.some((piece) => isHead(piece))) return pieces.map((piece) => piece.trimEnd());
  }
  return null;
}
