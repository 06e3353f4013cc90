import { describe, expect, it } from 'vitest';
import { parseClientHello, type ServerName } from '../../../src/parse/client-hello/index.ts';
import { extension, serverNames, tlsHello, vector, type Extension } from '../../support/packets/hello-builder.ts';

/** Where the data of the first extension begin in what tlsHello builds: behind the record, the fixed fields and two headers. */
const DATA_AT = 90;
/** The list's length, the name's type and length. */
const NAME_AT = DATA_AT + 5;

function serverNameOf(...extensions: readonly Extension[]): ServerName {
  const result = parseClientHello(tlsHello({ name: null, extensions }));
  if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
  return result.hello.serverName;
}

const label63 = 'a'.repeat(63);

describe('the server name', () => {
  it.each<[string, string]>([
    ['a name', 'plex.tv'],
    ['a single label', 'proxy'],
    ['underscores', '_dmarc.my_host.example'],
    ['case, kept', 'App.Plex.TV'],
    ['an A-label', 'xn--mnchen-3ya.example'],
    ['a label of 63 bytes', `${label63}.tv`],
    ['253 bytes', [label63, label63, label63, 'a'.repeat(61)].join('.')],
    ['a number that is no address', '1.2.3'],
    ['four numbers that are no address', '1.2.3.256'],
    ['digits at the end', 'host.42'],
  ])('is read: %s', (_, name) => {
    expect(serverNameOf(serverNames(name))).toEqual({ kind: 'name', name });
  });

  it.each<[string, string, string]>([
    ['IPv4', '192.0.2.1', '192.0.2.1'],
    ['IPv6', '2001:db8::1', '2001:db8::1'],
    ['IPv6 in brackets', '[2001:db8::1]', '2001:db8::1'],
    ['IPv6 with a zone', 'fe80::1%eth0', 'fe80::1%eth0'],
    ['IPv4 in IPv6', '::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ])('is an address: %s', (_, text, address) => {
    expect(serverNameOf(serverNames(text))).toEqual({ kind: 'address', address });
  });

  it.each<[string, Extension[]]>([
    ['without the extension', []],
    ['with other extensions only', [extension(23)]],
    ['with an empty list', [serverNames()]],
    ['with names of other types only', [serverNames([1, 'plex.tv'], [255, '']), extension(23)]],
  ])('is absent %s', (_, extensions) => {
    expect(serverNameOf(...extensions)).toEqual({ kind: 'absent' });
  });

  it('is found behind names of other types', () => {
    expect(serverNameOf(serverNames([7, 'x.y'], 'plex.tv'))).toEqual({ kind: 'name', name: 'plex.tv' });
  });

  it.each<[string, Extension, number, string]>([
    ['empty', serverNames(''), NAME_AT, 'RFC 6066 3: a host name has at least'],
    ['with a NUL', serverNames('plex.tv\0.evil'), NAME_AT + 7, 'NUL'],
    ['in UTF-8', serverNames('plëx.tv'), NAME_AT + 2, 'ASCII'],
    ['with a space', serverNames('plex tv'), NAME_AT + 4, 'RFC 1123 2.1'],
    ['with a port', serverNames('plex.tv:443'), NAME_AT + 7, 'RFC 1123 2.1'],
    ['with a colon and too long for an address', serverNames('1:'.repeat(40)), NAME_AT + 1, 'RFC 1123 2.1'],
    ['with a trailing dot', serverNames('plex.tv.'), NAME_AT + 7, 'trailing dot'],
    ['with a leading dot', serverNames('.plex.tv'), NAME_AT, 'RFC 1035 2.3.1'],
    ['with an empty label', serverNames('plex..tv'), NAME_AT + 5, 'RFC 1035 2.3.1'],
    ['with a first label of 64 bytes', serverNames(`a${label63}.tv`), NAME_AT, '63 bytes'],
    ['with a last label of 64 bytes', serverNames(`tv.a${label63}`), NAME_AT + 3, '63 bytes'],
    ['of 254 bytes', serverNames([label63, label63, label63, 'a'.repeat(62)].join('.')), NAME_AT, '255 bytes'],
    ['twice', serverNames('plex.tv', 'plex.tv'), NAME_AT + 7, 'one name of a type'],
    ['in an extension without data', extension(0), DATA_AT, 'length of the name list'],
    ['in an extension of one byte', extension(0, Uint8Array.of(0)), DATA_AT, 'length of the name list'],
    ['in a list that is longer than the extension', extension(0, Uint8Array.of(0, 9, 0, 0, 1, 97)), DATA_AT, 'list'],
    [
      'in a list that is shorter than the extension',
      extension(0, Uint8Array.of(0, 4, 0, 0, 1, 97, 0)),
      DATA_AT,
      'list',
    ],
    ['longer than the list', extension(0, vector(2, Uint8Array.of(0, 0, 2, 97))), DATA_AT + 2, 'longer than the list'],
    ['without a length', extension(0, vector(2, Uint8Array.of(0, 0))), DATA_AT + 2, 'longer than the list'],
  ])('is unreadable: %s', (_, name, offset, rule) => {
    expect(serverNameOf(name)).toMatchObject({ kind: 'unreadable', offset, rule: expect.stringContaining(rule) });
  });

  it.each([
    ['a trailing dot', serverNames('plex.tv.'), 'plex.tv.'],
    ['UTF-8', serverNames('pl\u00ebx.tv'), String.raw`pl\xc3\xabx.tv`],
    ['an escape sequence', serverNames('plex\x1b[2J.tv'), String.raw`plex\x1b[2J.tv`],
    ['a backslash', serverNames(String.raw`plex\x00`), String.raw`plex\\x00`],
    ['too many bytes', serverNames('a'.repeat(1000)), `${'a'.repeat(255)}…`],
    ['a second name', serverNames('plex.tv', 'app.plex.tv'), 'plex.tv'],
    ['an address and a name', serverNames('192.0.2.1', 'plex.tv'), '192.0.2.1'],
    ['a list whose length lies', extension(0, Uint8Array.of(0, 9, 0, 0, 2, 116, 118)), 'tv'],
    ['no byte', serverNames(''), null],
    ['no list', extension(0), null],
  ])('shows what is unreadable: %s', (_, name, text) => {
    expect(serverNameOf(name)).toMatchObject({ kind: 'unreadable', text });
  });
});
