import { formatAddress } from '../../core/values/address.ts';
import { indexOfByte, u16, u8 } from '../packet/bytes.ts';
import type { Findings } from './findings.ts';

/** Instead of the offset behind an item: it goes on behind the bytes that are there, or these bytes begin none. */
export const NEED_MORE = -1;
export const UNKNOWN = -2;

/** A request's head is given up beyond this; Squid's own limit is 64 KiB (request_header_max_size), browsers' heads have some KiB. */
const HEAD_LIMIT_BYTES = 16_384;
const METHOD_LIMIT = 20;
const HOST = /^[\w.:~%-]{1,255}$/;

/** An HTTP/1 request's head (RFC 9112 section 3), with the forms of its target. Only host and port leave this function. */
export function readRequest(
  bytes: Uint8Array,
  at: number,
  end: number,
  final: boolean,
  findings: Findings,
  direction: 0 | 1,
): number {
  if (!maybeMethod(bytes, at, end)) return UNKNOWN;
  const lineEnd = indexOfByte(bytes, 0x0a, at, end);
  if (lineEnd < 0) return final || end - at > HEAD_LIMIT_BYTES ? UNKNOWN : NEED_MORE;
  const line = latin1(bytes, at, lineEnd).trimEnd();
  const [, method, target] = /^([A-Z-]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === undefined || target === undefined) return UNKNOWN;
  const headEnd = endOfHead(bytes, lineEnd, end);
  if (headEnd < 0 && !final && end - at <= HEAD_LIMIT_BYTES) return NEED_MORE;
  const behind = headEnd < 0 ? end : headEnd;
  addTarget(method, target, () => hostField(latin1(bytes, lineEnd + 1, behind)), findings, direction);
  return behind;
}

function maybeMethod(bytes: Uint8Array, at: number, end: number): boolean {
  let length = 0;
  while (at + length < end && length <= METHOD_LIMIT) {
    const byte = u8(bytes, at + length);
    if (byte === 0x20) return length >= 3;
    if ((byte < 0x41 || byte > 0x5a) && byte !== 0x2d) return false;
    length += 1;
  }
  return length <= METHOD_LIMIT;
}

function endOfHead(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at >= 0 && at < end) {
    const next = u8(bytes, at + 1) === 0x0d ? at + 2 : at + 1;
    if (next < end && u8(bytes, next) === 0x0a) return next + 1;
    at = indexOfByte(bytes, 0x0a, at + 1, end);
  }
  return -1;
}

function addTarget(
  method: string,
  target: string,
  host: () => string | null,
  findings: Findings,
  direction: 0 | 1,
): void {
  const absolute = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(target);
  const authority = method === 'CONNECT' ? target : (absolute?.[2] ?? host());
  if (authority === null) return;
  const form = method === 'CONNECT' ? 'connect' : absolute ? 'absolute' : 'origin';
  const scheme = absolute?.[1]?.toLowerCase();
  const named = splitAuthority(authority, form === 'connect' || scheme === 'https' ? 443 : 80);
  if (named) findings.addRequest(form, method, named.host, named.port, direction);
}

function hostField(fields: string): string | null {
  return /^host:[ \t]*(\S+)[ \t]*\r?$/im.exec(fields)?.[1] ?? null;
}

/** A user name or password in front of the host is dropped here (RFC 3986 3.2.1). */
function splitAuthority(
  authority: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority.slice(authority.lastIndexOf('@') + 1)) ?? [];
  const host = (bracketed ?? plain ?? '').toLowerCase();
  const port = digits === undefined || digits === '' ? defaultPort : Number(digits);
  return HOST.test(host) && port <= 65_535 ? { host, port } : null;
}

/** An HTTP/1 response's status; interim ones (RFC 9110 15.2) are passed over. Ends behind the head when it is there. */
export function readResponse(bytes: Uint8Array, at: number, end: number, findings: Findings): number {
  if (!startsWith(bytes, at, end, 'HTTP/1.')) return UNKNOWN;
  if (end - at < 12) return NEED_MORE;
  const status = Number(latin1(bytes, at + 9, at + 12));
  if (Number.isInteger(status) && (status === 101 || status >= 200)) findings.addStatus(status);
  const headEnd = endOfHead(bytes, at, end);
  return headEnd < 0 ? UNKNOWN : headEnd;
}

/** Whether the bytes begin with this text, or are the beginning of it. */
export function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  const length = Math.min(text.length, end - at);
  for (let i = 0; i < length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return length > 0;
}

/** The PROXY protocol's header, version 1 and 2 (haproxy doc/proxy-protocol.txt): passed over. */
export function skipProxyHeader(bytes: Uint8Array, at: number, end: number): number {
  if (startsWith(bytes, at, end, 'PROXY ')) {
    const lineEnd = indexOfByte(bytes, 0x0a, at, end);
    if (lineEnd >= 0) return lineEnd + 1;
    return end - at > 107 ? UNKNOWN : NEED_MORE;
  }
  if (!startsWith(bytes, at, end, '\r\n\r\n\0\r\nQUIT\n')) return UNKNOWN;
  if (end - at < 16) return NEED_MORE;
  const behind = at + 16 + u16(bytes, at + 14);
  return behind <= end ? behind : NEED_MORE;
}

/** A SOCKS client's side up to its request: version 4 and 4a, version 5 (RFC 1928) with a user name (RFC 1929) or without. */
export function readSocksClient(
  bytes: Uint8Array,
  at: number,
  end: number,
  findings: Findings,
  direction: 0 | 1,
): number {
  const version = u8(bytes, at);
  if (version === 4) return readSocks4(bytes, at, end, findings, direction);
  return version === 5 ? readSocks5(bytes, at, end, findings, direction) : UNKNOWN;
}

function readSocks4(bytes: Uint8Array, at: number, end: number, findings: Findings, direction: 0 | 1): number {
  const command = u8(bytes, at + 1);
  if (end - at < 2) return NEED_MORE;
  if (command !== 1 && command !== 2) return UNKNOWN;
  if (end - at < 9) return NEED_MORE;
  const port = u16(bytes, at + 2);
  const address = bytes.subarray(at + 4, at + 8);
  const userEnd = textEnd(bytes, at + 8, end);
  if (userEnd < 0) return userEnd;
  // SOCKS 4A: the address 0.0.0.x says that a name follows.
  const isNamed = u16(bytes, at + 4) === 0 && u8(bytes, at + 6) === 0 && u8(bytes, at + 7) !== 0;
  if (!isNamed) {
    findings.addRequest('socks4', null, address.join('.'), port, direction);
    return userEnd + 1;
  }
  const nameEnd = textEnd(bytes, userEnd + 1, end);
  if (nameEnd < 0) return nameEnd;
  return addSocks('socks4', latin1(bytes, userEnd + 1, nameEnd), port, findings, direction) ? nameEnd + 1 : UNKNOWN;
}

/** Offset of the zero byte behind a text of at most 255 bytes. */
function textEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end && i <= at + 255; i += 1) if (bytes[i] === 0) return i;
  return end - at > 255 ? UNKNOWN : NEED_MORE;
}

function readSocks5(bytes: Uint8Array, start: number, end: number, findings: Findings, direction: 0 | 1): number {
  if (end - start < 2) return NEED_MORE;
  const methods = u8(bytes, start + 1);
  if (methods === 0 || methods > 16) return UNKNOWN;
  let at = start + 2 + methods;
  if (at >= end) return NEED_MORE;
  if (u8(bytes, at) === 1) {
    at += 2 + u8(bytes, at + 1);
    at += 1 + u8(bytes, at);
    if (at >= end) return NEED_MORE;
  }
  if (u8(bytes, at) !== 5) return UNKNOWN;
  if (end - at < 5) return NEED_MORE;
  const command = u8(bytes, at + 1);
  const addressType = u8(bytes, at + 3);
  const addressBytes = addressType === 1 ? 4 : addressType === 4 ? 16 : addressType === 3 ? 1 + u8(bytes, at + 4) : -1;
  if (command < 1 || command > 3 || u8(bytes, at + 2) !== 0 || addressBytes < 0) return UNKNOWN;
  const behind = at + 4 + addressBytes + 2;
  if (behind > end) return NEED_MORE;
  const address = bytes.subarray(at + 4, at + 4 + addressBytes);
  const host = addressType === 3 ? latin1(address, 1, addressBytes) : (formatAddress(address) ?? '');
  return addSocks('socks5', host, u16(bytes, behind - 2), findings, direction) ? behind : UNKNOWN;
}

function addSocks(
  form: 'socks4' | 'socks5',
  host: string,
  port: number,
  findings: Findings,
  direction: 0 | 1,
): boolean {
  if (!HOST.test(host)) return false;
  findings.addRequest(form, null, host.toLowerCase(), port, direction);
  return true;
}

/** The SOCKS server's side up to its answer, once the client's request is known. */
export function readSocksServer(bytes: Uint8Array, start: number, end: number, findings: Findings): number {
  if (findings.awaitsSocks === 'socks4') {
    if (u8(bytes, start) !== 0) return UNKNOWN;
    if (end - start < 8) return NEED_MORE;
    findings.addStatus(u8(bytes, start + 1));
    return start + 8;
  }
  if (u8(bytes, start) !== 5) return UNKNOWN;
  let at = start + 2;
  // The sub-negotiation's answer has version 1 (RFC 1929 section 2).
  if (at < end && u8(bytes, at) === 1) at += 2;
  if (at + 5 > end) return NEED_MORE;
  const addressType = u8(bytes, at + 3);
  const addressBytes = addressType === 4 ? 16 : addressType === 3 ? 1 + u8(bytes, at + 4) : 4;
  if (u8(bytes, at) !== 5 || findings.awaitsSocks === null) return UNKNOWN;
  findings.addStatus(u8(bytes, at + 1));
  return Math.min(end, at + 4 + addressBytes + 2);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString('latin1');
}
