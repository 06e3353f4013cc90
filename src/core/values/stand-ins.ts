/**
 * Sanitized evidence and sanitized logs have to be judged like the originals, but no client accepts `http://<proxy-1>:3128` as a proxy. While they
 * are judged, names and addresses that parse as such stand in for the pseudonyms; whatever leaves has the pseudonyms again.
 * `.invalid` (RFC 6761) and 240.0.0.0/4 (RFC 1112) are never in use, so nothing real can be taken for a stand-in.
 */
const NAME_KINDS = ['domain', 'host', 'proxy'] as const;
const ADDRESS_KINDS = ['lan-ip', 'public-ip', 'lan-net', 'public-net', 'cgnat-ip', 'ula'] as const;
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

/** Whether the beginning of a file has names that stand-ins are needed for. */
export function hasPseudonyms(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.search(PSEUDONYM) >= 0;
}
