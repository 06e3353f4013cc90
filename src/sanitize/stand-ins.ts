import { evidenceSchema, type Evidence } from '../core/evidence.ts';
import { reportSchema, type Report } from '../core/report.ts';

/**
 * Sanitized evidence has to be judged like the original, but no client accepts `http://<proxy-1>:3128` as a proxy. While it
 * is judged, names and addresses that parse as such stand in for the pseudonyms; whatever leaves has the pseudonyms again.
 * `.invalid` (RFC 6761) and 240.0.0.0/4 (RFC 1112) are never in use, so nothing real can be taken for a stand-in.
 */
const NAME_KINDS = ['domain', 'host', 'proxy'] as const;
const ADDRESS_KINDS = ['lan-ip', 'public-ip', 'lan-net', 'public-net'] as const;
const SUFFIX = 'pseudonym.invalid';
const FIRST_OCTET = 240;
/** Two octets hold the number. */
const MAX_NUMBER = 65_535;

const PSEUDONYM = new RegExp(`<(${[...NAME_KINDS, ...ADDRESS_KINDS].join('|')})-(\\d{1,6})>`, 'g');
const NAME = new RegExp(
  `(?<![\\w-])(${NAME_KINDS.join('|')})-(\\d{1,6})\\.${SUFFIX.replace('.', '\\.')}(?![\\w-])`,
  'gi',
);
const ADDRESS = new RegExp(
  `(?<![\\d.])${FIRST_OCTET}\\.([1-${ADDRESS_KINDS.length}])\\.(\\d{1,3})\\.(\\d{1,3})(?!\\d)`,
  'g',
);

export function toStandIns(text: string): string {
  return text.replace(PSEUDONYM, (whole, kind: string, digits: string) => {
    const index = ADDRESS_KINDS.findIndex((each) => each === kind);
    const number = Number(digits);
    if (number > MAX_NUMBER) return whole;
    return index < 0 ? `${kind}-${number}.${SUFFIX}` : [FIRST_OCTET, index + 1, number >> 8, number & 255].join('.');
  });
}

export function toPseudonyms(text: string): string {
  return text
    .replace(NAME, (_, kind: string, number: string) => `<${kind.toLowerCase()}-${number}>`)
    .replace(ADDRESS, (_, kind: string, high: string, low: string) => {
      return `<${ADDRESS_KINDS[Number(kind) - 1]}-${Number(high) * 256 + Number(low)}>`;
    });
}

/** Evidence fit for judging: call it on every document that was read from a file. Changes nothing in one that is raw. */
export function withStandIns(evidence: Evidence): Evidence {
  return evidenceSchema.parse(mapStrings(evidence, toStandIns));
}

/** The report on such evidence with its pseudonyms again. The sanitizer does the same on its way: this is for `--raw`. */
export function withPseudonyms(report: Report): Report {
  return reportSchema.parse(mapStrings(report, toPseudonyms));
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [key, mapStrings(inner, change)]),
  );
}
