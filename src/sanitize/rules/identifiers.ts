import { parseIpv4, parseIpv6, type ParsedAddress } from '../values/address.ts';
import type { Pass } from '../values/pass.ts';

const PLEX_DIRECT = /(?<![\w-])([0-9a-f]*(?:-[0-9a-f]*){2,7})\.([\w-]+)(?=\.plex\.direct)/gi;
const REVERSE_IPV4 = /(?<![\w-])((?:\d{1,3}\.){2,4})(?=in-addr\.arpa)/gi;
const REVERSE_IPV6 = /(?<![\w-])((?:[0-9a-f]\.){2,32})(?=ip6\.arpa)/gi;
const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
const HEX_ID = /(?<![0-9a-z])(?:[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/gi;
const MAC =
  /(?<![0-9a-z:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-z:-])|(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])/gi;

/** A hardware address inside of more bytes: a client id of DHCP, a frame's head in a firewall's log. */
const LONG_MAC = /(?<![0-9a-z:])(?:[0-9a-f]{2}:){6,13}[0-9a-f]{2}(?![0-9a-z:])/gi;
/** Security identifiers of Windows. */
const SID = /(?<![\w-])S-1-\d+(?:-\d+){2,14}(?![\w-])/g;
/** With the country's code in front; a time zone has four figures. */
const PHONE = /(?<![\w+.:-])(?:\+|00)\d{1,3}[ ()/-]{1,2}\d[\d ()/-]{5,16}\d(?![\w:.])/g;

/** Degrees of latitude and longitude, to ten metres or closer. */
const COORDINATES = /(?<![\d.])-?\d{1,2}\.\d{4,}°?[NS]?[,;] ?-?\d{1,3}\.\d{4,}(?![\d.])/g;

/** Ids of containers, wherever the runtime's word stands before them; short and long are one. */
const CONTAINER =
  /((?:docker|containers?|libpod|podman|lxc|cri-containerd|crio|kubepods|overlay2|docker-cgroup)[/: -]{1,2}["']?)([0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-z])/gi;
const SHORT_ID = 12;

/** Before fingerprints of certificates are kept: they are of the same length. */
export function hideContainers(text: string, pass: Pass): string {
  return text.replace(
    CONTAINER,
    (_, word: string, id: string) => word + pass.pseudonym('container', id.slice(0, SHORT_ID).toLowerCase()),
  );
}

/** Names that are made of an address, and numbers of servers, machines and network cards. */
export function hideIdentifiers(text: string, pass: Pass): string {
  return hideMacs(hideNumbers(hideMadeNames(text, pass), pass), pass);
}

/** Texts without these have none of the names. */
const MADE_NAME = /plex\.direct|\.arpa/i;
const LONG_FIGURES = /[\da-f]{12}/i;
/** Begins a security identifier, degrees, or a number of a telephone. */
const NUMBERS = /S-1-|\.\d{4}|(?:\+|00)\d/;
const PAIRS = /[\da-f]{2}[:-][\da-f]{2}[:-]|[\da-f]{4}\.[\da-f]{4}\./i;

function hideMadeNames(text: string, pass: Pass): string {
  if (!MADE_NAME.test(text)) return text;
  return text
    .replace(PLEX_DIRECT, (_, dashed: string, server: string) => {
      const parsed = parseIpv4(dashed.replaceAll('-', '.')) ?? parseIpv6(dashed.replaceAll('-', ':'));
      const label = parsed ? pass.address(parsed, dashed) : pass.pseudonym('host', dashed.toLowerCase());
      return `${label}.${pass.pseudonym('server', server.toLowerCase())}`;
    })
    .replace(REVERSE_IPV4, (labels) => reversed(labels, parseIpv4(turned(labels).join('.')), pass))
    .replace(REVERSE_IPV6, (labels) =>
      reversed(labels, parseIpv6((turned(labels).join('').match(/.{4}/g) ?? []).join(':')), pass),
    );
}

function hideNumbers(text: string, pass: Pass): string {
  const without = LONG_FIGURES.test(text)
    ? text
        .replace(UUID, (value) => pass.pseudonym('uuid', value.toLowerCase()))
        .replace(HEX_ID, (value) => pass.pseudonym(value.length === 40 ? 'machine-id' : 'server', value.toLowerCase()))
    : text;
  if (!NUMBERS.test(without)) return without;
  return without
    .replace(SID, (value) => pass.pseudonym('machine-id', value))
    .replace(COORDINATES, (value) => pass.pseudonym('name', value))
    .replace(PHONE, (value) => pass.pseudonym('name', value));
}

function hideMacs(text: string, pass: Pass): string {
  if (!PAIRS.test(text)) return text;
  return text
    .replace(LONG_MAC, (value) => pass.pseudonym('mac', value.toLowerCase().replaceAll(':', '')))
    .replace(MAC, (value) => pass.pseudonym('mac', value.toLowerCase().replace(/[:.-]/g, '')));
}

/** Labels of a reverse name (RFC 1035 section 3.5, RFC 3596 section 2.5) in the order of the address. */
function turned(labels: string): readonly string[] {
  return labels
    .split('.')
    .filter((label) => label !== '')
    .toReversed();
}

/** Part of an address names a network. */
function reversed(labels: string, parsed: ParsedAddress | null, pass: Pass): string {
  return `${parsed ? pass.address(parsed, labels.slice(0, -1)) : pass.pseudonym('host', labels.toLowerCase())}.`;
}
