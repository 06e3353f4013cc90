import { parseIpv4, parseIpv6, parseOddIpv4, type ParsedAddress } from '../values/address.ts';
import type { Pass } from '../values/pass.ts';

const PRODUCT =
  '(?:plex[\\w -]*|pms|chrome|chromium|safari|applewebkit|firefox|mozilla|version|edge?|opr|(?:lib)?curl|squid|wget|python[\\w-]*|go-http-client|java|node)';
const VERSION = new RegExp(
  `((?:\\bv|\\bversion["'=: ]+|\\b${PRODUCT}/))(\\d+(?:\\.\\d+){3}(?:-[0-9a-f]+)?)(?![\\w.])`,
  'gi',
);
const IPV6 = /(?<![\p{L}\p{N}_:.])(?=[0-9a-f:.]*:[0-9a-f.]*:)([0-9a-f:.]{2,60})(%[\w.-]+)?(\/\d{1,3}(?![\w.]))?/giu;
const IPV4 = /(?<![\p{L}\p{N}_.])(\/\/)?(\d{1,3}(?:\.\d{1,3}){3})(?![\p{L}\p{N}_]|\.\d)(\/\d{1,2}(?![\w.]))?/gu;
const GLUED_IPV4 = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?!\d|\.\d)/g;
const DASHED_IPV4 = /(?<!\d-?)\d{1,3}(?:-\d{1,3}){3}(?!-?\d)/g;
const PARTIAL_IPV4 =
  /(?<![\w.])(\d{1,3}(?:\.\d{1,3}){1,2})(?=\.\*)|(?<=^|[,="'])(\d{1,3}(?:\.\d{1,3}){1,2})(?=\.(?:[,"']|$))/g;

/** tcpdump writes the port behind a fifth dot. */
const DOTTED_PORT = /(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?=\.\d{1,5}(?!\w|\.\d))/g;
/** An address that was made harmless by hand, or by the syntax of an expression: `192[.]0[.]2[.]7`. */
const SPACED_IPV4 = /(?<![\d.])\d{1,3}(\\\.|\[\.\]|\(\.\)|\[dot\]| dot | \. )\d{1,3}(?:\1\d{1,3}){2}(?![\d.])/gi;
/** Between other marks four numbers are an address where they are a private one; an answer of FTP has the port behind it. */
const MARKED_IPV4 = /(?<![\d_,])\d{1,3}(?:(?:_\d{1,3}){3}(?![\d_])|(?:,\d{1,3}){3}(?=,\d{1,3},\d{1,3}\)))/g;
/** Tables of the kernel (proc(5)) and debuggers write addresses as eight figures; the former on most machines the other way round. */
const TABLE_IPV4 = /(?<![\da-z])([\da-f]{8})(?=:[\da-f]{4}(?![\da-z:]))/gi;
const HEX_IPV4 = /(?<![\w])0x([\da-f]{8})(?![\da-z])/gi;

/** Where a URL has its host, a number is an address too. */
const ODD_IPV4 = /(?<=\/\/|@)(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}(?=[:/?#\s"'<>,;)\]]|$)/gi;

/** Whole private blocks (RFC 1918, RFC 3927, RFC 6598) are the same in every network, so they identify none. */
const WELL_KNOWN_NETS = new Set(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10']);

/** Texts without these have no address of the kind; most texts have none. */
const FIGURES = /\d/;
const COLONS = /:[0-9a-f.]*:/i;
const QUADS = /\d[.\-_,[(\\ ](?:.{0,5}[.\-_,\])\\ ])?\d/;
const HEX_WORDS = /[\da-f]{8}:|0x[\da-f]{8}/i;
const HOST_FIGURES = /(?:\/\/|@)\d/;

/** Addresses and networks in every spelling; `versions` look like addresses and are none. */
export function hideAddresses(input: string, pass: Pass, versions: ReadonlySet<string>): string {
  const hasFigures = FIGURES.test(input);
  let text = input;
  if (hasFigures) text = hideOdd(text, pass);
  if (COLONS.test(text))
    text = text.replace(IPV6, (whole, body: string, zone: string | undefined, bits: string | undefined) =>
      ipv6(whole, body, zone ?? '', bits ?? '', pass),
    );
  return hasFigures && QUADS.test(text) ? hideQuads(text, pass, versions) : text;
}

/** Versions are kept; then the spellings that only some programs have. */
function hideOdd(input: string, pass: Pass): string {
  let text = input;
  if (HOST_FIGURES.test(text) || QUADS.test(text))
    text = text
      .replace(VERSION, (whole, _prefix, version: string) =>
        // No product counts to 192.168.
        /^(?:192\.168|172)\./.test(version) ? whole : whole.slice(0, -version.length) + pass.keep(version),
      )
      .replace(ODD_IPV4, (whole) => {
        const parsed = parseIpv4(whole) === null ? parseOddIpv4(whole) : null;
        return parsed ? pass.address(parsed, whole) : whole;
      })
      .replace(DOTTED_PORT, (whole) => decided(parseIpv4(whole), whole, pass))
      .replace(SPACED_IPV4, (whole) => decided(parseIpv4((whole.match(/\d+/g) ?? []).join('.')), whole, pass))
      .replace(MARKED_IPV4, (whole) => privately(parseIpv4(whole.replaceAll(/[_,]/g, '.')), whole, pass));
  if (!HEX_WORDS.test(text)) return text;
  return text
    .replace(TABLE_IPV4, (whole) => decided(parseIpv4(octetsOf(whole).toReversed().join('.')), whole, pass))
    .replace(HEX_IPV4, (whole, hex: string) => privately(parseIpv4(octetsOf(hex).join('.')), whole, pass));
}

function hideQuads(text: string, pass: Pass, versions: ReadonlySet<string>): string {
  return text
    .replace(IPV4, (whole, slashes: string | undefined, dotted: string, bits: string | undefined) => {
      const parsed = parseIpv4(dotted);
      if (!parsed || versions.has(dotted)) return whole;
      if (bits !== undefined && slashes === undefined && Number(bits.slice(1)) <= 32) {
        return network(parsed, dotted + bits, bits, pass);
      }
      return (slashes ?? '') + pass.address(parsed, dotted) + (bits ?? '');
    })
    .replace(GLUED_IPV4, (whole) => {
      const parsed = parseIpv4(whole);
      return parsed && !versions.has(whole) ? pass.address(parsed, whole) : whole;
    })
    .replace(DASHED_IPV4, (whole) => {
      const parsed = parseIpv4(whole.replaceAll('-', '.'));
      return parsed ? pass.address(parsed, whole) : whole;
    })
    .replace(PARTIAL_IPV4, (whole) => {
      const octets = whole.split('.');
      const parsed = parseIpv4([...octets, '0', '0', '0'].slice(0, 4).join('.'));
      const isWellKnown = octets.length === 2 && whole === '192.168';
      return (parsed?.scope === 'lan' || parsed?.scope === 'cgnat') && !isWellKnown
        ? pass.pseudonym('lan-net', whole)
        : whole;
    });
}

function decided(parsed: ParsedAddress | null, written: string, pass: Pass): string {
  return parsed ? pass.address(parsed, written) : written;
}

/** Numbers that may be anything are an address where they are one of a private network. */
function privately(parsed: ParsedAddress | null, written: string, pass: Pass): string {
  return parsed?.scope === 'lan' || parsed?.scope === 'cgnat' ? pass.address(parsed, written) : written;
}

function octetsOf(hex: string): readonly string[] {
  return (hex.match(/../g) ?? []).map((octet) => String(Number.parseInt(octet, 16)));
}

/** The longest beginning that is an address: a port, a dot or a colon of the sentence may follow. */
function ipv6(whole: string, body: string, zone: string, bits: string, pass: Pass): string {
  for (let end = body.length; end > 2; end -= 1) {
    const parsed = parseIpv6(body.slice(0, end));
    if (!parsed || /[0-9a-f]/i.test(body[end] ?? '')) continue;
    const tail = body.slice(end);
    if (tail !== '') return pass.address(parsed, body.slice(0, end)) + tail + zone + bits;
    // A zone names an interface of this machine: it goes with the address.
    return bits === '' ? pass.address(parsed, body) : network(parsed, body + bits, bits, pass);
  }
  return whole;
}

function network(parsed: ParsedAddress, written: string, bits: string, pass: Pass): string {
  // One host written as a network is that host.
  if (bits === '/128' || (bits === '/32' && !parsed.key.includes(':')))
    return pass.address(parsed, written.slice(0, -bits.length)) + bits;
  if (parsed.scope === 'well-known' || WELL_KNOWN_NETS.has(parsed.key + bits)) return pass.keep(written);
  return pass.pseudonym(parsed.scope === 'public' ? 'public-net' : 'lan-net', parsed.key + bits) + bits;
}
