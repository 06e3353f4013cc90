import { familyOf, parseIPv4 } from '../../core/values/address.ts';
import { latin1, shown, uint8, uint16, type ServerName } from './hello.ts';

export const ABSENT: ServerName = { kind: 'absent' };

const HOST_NAME = 0;
/** RFC 1035 2.3.4: 255 bytes on the wire are 253 characters without the final dot. */
const NAME_MAX_BYTES = 253;
const LABEL_MAX_BYTES = 63;
/** The longest IPv6 literal with a zone and brackets in use; it bounds the work on other names. */
const ADDRESS_MAX_BYTES = 64;

const DOT = 0x2e;
const [OTHER, DIGIT, LETTER] = [0, 1, 2] as const;

/** The class of each byte in a host name. The underscore is no part of RFC 952 but of names that are looked up every day. */
const CLASS_OF = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[0-9]/.test(character)) return DIGIT;
  return /[A-Za-z_-]/.test(character) ? LETTER : OTHER;
});

function unreadable(offset: number, rule: string, text: string | null = null): ServerName {
  return { kind: 'unreadable', offset, rule, text };
}

/** The data of the extension server_name: a list with at most one name of each type. */
export function readServerName(bytes: Uint8Array, start: number, end: number): ServerName {
  if (end - start < 2 || start + 2 + uint16(bytes, start) !== end) {
    const text = firstText(bytes, start, end);
    return unreadable(start, 'RFC 6066 3: the length of the name list does not match the extension', text);
  }
  let hostName = ABSENT;
  for (let at = start + 2; at < end;) {
    const name = at + 3;
    const next = name <= end ? name + uint16(bytes, at + 1) : Number.POSITIVE_INFINITY;
    if (next > end) return unreadable(at, 'RFC 6066 3: a name is longer than the list', textOf(hostName));
    if (uint8(bytes, at) === HOST_NAME) {
      if (hostName !== ABSENT) {
        return unreadable(at, 'RFC 6066 3: a list has one name of a type', textOf(hostName));
      }
      hostName = withText(readHostName(bytes, name, next), bytes, name, next);
    }
    at = next;
  }
  return hostName;
}

/** The first name of a list whose own length lies. */
function firstText(bytes: Uint8Array, start: number, end: number): string | null {
  const name = start + 5;
  const isThere = name < end && uint8(bytes, start + 2) === HOST_NAME;
  return isThere ? shown(bytes, name, Math.min(end, name + uint16(bytes, start + 3))) : null;
}

/** Shows the user the bytes that were sent, although they are no name. */
function withText(serverName: ServerName, bytes: Uint8Array, start: number, end: number): ServerName {
  return serverName.kind === 'unreadable' ? { ...serverName, text: shown(bytes, start, end) } : serverName;
}

function textOf(serverName: ServerName): string | null {
  switch (serverName.kind) {
    case 'name':
      return serverName.name;
    case 'address':
      return serverName.address;
    case 'unreadable':
      return serverName.text;
    case 'absent':
      return null;
  }
}

function readHostName(bytes: Uint8Array, start: number, end: number): ServerName {
  if (start === end) return unreadable(start, 'RFC 6066 3: a host name has at least one byte');
  let labelStart = start;
  let numeric = true;
  for (let at = start; at < end; at += 1) {
    const byte = uint8(bytes, at);
    const kind = uint8(CLASS_OF, byte);
    if (kind === LETTER) numeric = false;
    if (kind !== OTHER) continue;
    if (byte !== DOT) return readLiteral(bytes, start, end, at);
    if (at === labelStart) return unreadable(at, 'RFC 1035 2.3.1: a label is not empty');
    if (at - labelStart > LABEL_MAX_BYTES)
      return unreadable(labelStart, 'RFC 1035 2.3.4: a label has at most 63 bytes');
    labelStart = at + 1;
  }
  if (labelStart === end) return unreadable(end - 1, 'RFC 6066 3: a host name has no trailing dot');
  if (end - labelStart > LABEL_MAX_BYTES) return unreadable(labelStart, 'RFC 1035 2.3.4: a label has at most 63 bytes');
  if (end - start > NAME_MAX_BYTES) return unreadable(start, 'RFC 1035 2.3.4: a name has at most 255 bytes');
  const text = latin1(bytes, start, end);
  return numeric && parseIPv4(text) !== null ? { kind: 'address', address: text } : { kind: 'name', name: text };
}

/** A name with a byte that no host name has: an IPv6 literal, or not readable because of the byte at `offender`. */
function readLiteral(bytes: Uint8Array, start: number, end: number, offender: number): ServerName {
  if (end - start <= ADDRESS_MAX_BYTES) {
    const address = latin1(bytes, start, end).replace(/^\[(.*)\]$/, '$1');
    if (familyOf(address) === 6) return { kind: 'address', address };
  }
  const byte = uint8(bytes, offender);
  if (byte === 0) return unreadable(offender, 'RFC 6066 3: a host name has no NUL');
  if (byte >= 0x80) return unreadable(offender, 'RFC 6066 3: a host name is ASCII');
  return unreadable(offender, 'RFC 1123 2.1: a host name has letters, digits and hyphens');
}
