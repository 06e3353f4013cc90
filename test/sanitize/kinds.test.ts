import { describe, expect, it } from 'vitest';
import { certificateName, said, setting, url, vouchedFor } from '../../src/core/model/privacy.ts';
import { list, obj } from '../../src/core/model/schema.ts';
import { cleanDocument } from '../../src/sanitize/fields.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';
import * as z from 'zod/mini';

const ID = '3f4e5d6c7b8a'.repeat(5) + '9f0e';
const text = (input: string): string => new Sanitizer(NO_SEEDS).text(input);

/** Values that are private by their syntax alone: nothing about the machine is known here. All of it begins with zq, or is an address. */
describe('in any text', () => {
  it.each([
    [
      'a list with semicolons',
      'no_proxy=localhost;.zqcorp.lan;zqnas;10.1.2.3',
      'no_proxy=localhost;.<domain-1>;<host-1>;<lan-ip-1>',
    ],
    ['a list with bars', '"NO_PROXY": "localhost|zqnas"', '"NO_PROXY": "localhost|<host-1>"'],
    [
      'values of Java options',
      '-Dhttp.proxyHost=zqgate -Dhttp.nonProxyHosts=zqnas|plex.tv',
      '-Dhttp.proxyHost=<host-1> -Dhttp.nonProxyHosts=<host-2>|plex.tv',
    ],
    [
      'a user of Java options',
      '-Dhttp.proxyUser=zqjane -Dhttp.proxyPassword=zqpw',
      '-Dhttp.proxyUser=<user-1> -Dhttp.proxyPassword=<removed-token>',
    ],
    ['the query of a proxy', 'http://127.0.0.1:3128/?key=zqsecret', 'http://127.0.0.1:3128/?<removed-query>'],
    ['a wide at sign', 'http://zqu:zqp\uFF20proxy:3128', 'http://***@proxy:3128'],
    ['a wide dot', 'zqnas\u3002zqcorp\uFF0Elan', '<domain-1>'],
    [
      'one address as a number, in hexadecimal, in octal and short',
      'http://3232236807/ http://0xc0a80507/ http://0300.0250.05.07/ http://192.168.1287/',
      'http://<lan-ip-1>/ http://<lan-ip-1>/ http://<lan-ip-1>/ http://<lan-ip-1>/',
    ],
    ['an address and its own network', '192.168.5.7 192.168.5.7/32', '<lan-ip-1> <lan-ip-1>/32'],
    ['addresses by their class', '100.64.3.4 fd12::7 9.9.9.9', '<cgnat-ip-1> <ula-1> <public-ip-1>'],
    ['a script in an address', 'pac+data:text/plain,PROXY zqgate:3128', 'pac+data:<removed-text>'],
    [
      'the answer of a script',
      'PROXY zqgate:3128; SOCKS5 zqsocks:1080; DIRECT',
      'PROXY <host-1>:3128; SOCKS5 <host-2>:1080; DIRECT',
    ],
    ['the error of a script', 'ReferenceError: zqCheck is not defined', 'ReferenceError: <name-1> is not defined'],
    ...[
      'Via: 1.1 ',
      'X-Forwarded-Server: ',
      'Proxy-Status: ',
      'X-BlueCoat-Via: ',
      'Proxy-Agent: ',
      'X-Squid-Error: ERR_ACCESS_DENIED ',
      'Server: ',
    ].map((header) => [header, `${header}zqcache`, `${header}<name-1>`]),
    ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6cSJ9.zqsignature', '<removed-token>'],
    ['a claim', 'claim-zqabcdefghij', '<removed-token>'],
    ['a token without a name', 'it said zqXy12345678901234Zx', 'it said <removed-token>'],
    [
      'a password with a blank',
      'http://zquser:zq pass word@proxy:3128 --password "zq pass"',
      'http://***@proxy:3128 --password <removed-token>',
    ],
    ['a password in YAML', 'password: zq pass word', 'password: <removed-token>'],
    ['a name below localhost', 'zqbox.localhost', '<host-1>.localhost'],
    [
      'an id of a container, long and short',
      `docker-${ID}.scope container ${ID.slice(0, 12)}`,
      'docker-<container-1>.scope container <container-1>',
    ],
    [
      'a home with a blank',
      '/home/zq Jane Doe/x.env and /Users/zq Otto/x',
      '/home/<user-1>/x.env and /Users/<user-2>/x',
    ],
    [
      'homes of a NAS',
      '/volume1/homes/zqjane/x /var/services/homes/zqjane/x',
      '/volume1/homes/<user-1>/x /var/services/homes/<user-1>/x',
    ],
    ['unicode escapes', String.raw`{"h":"\u007aqnas.zqcorp.lan"}`, '{"h":"<domain-1>"}'],
    ['entities', 'zqnas&#46;zqcorp&#x2e;lan', '<domain-1>'],
    ['base64', Buffer.from('http://zquser:zqpass@zqgate:3128').toString('base64'), '<removed-text>'],
  ])('%s', (_, input, expected) => {
    expect(text(input)).toBe(expected);
    expect(text(expected)).toBe(expected);
  });

  it.each([
    'sha256//AbCdEf0123456789AbCdEf0123456789AbCdEf01234=',
    'CURLE_OPERATION_TIMEDOUT after 10001 ms, ERR_TLS_CERT_ALTNAME_INVALID',
    'https://plex.tv/api/v2/ping?X-Plex-Version=1.41.3',
    '/library/sections/1/refresh?force=1 /media/providers',
    'Via: 1.1 proxy (squid/6.13)',
    'binds a file over /etc/hosts for the time of one scan',
    'TypeError: undefined is not a function',
    'PMS is not signed in: refresh the token, or claim the server',
    'Content-Type: text/html; charset=utf-8',
    'Nov 22, 2026 14:03:09.120 [0x7f82b01aa8] DEBUG - HTTP error requesting GET https://plex.tv/ (28, Timeout was reached)',
  ])('stays: %s', (input) => {
    expect(text(input)).toBe(input);
  });
});

describe('by its field', () => {
  const clean = (schema: z.core.$ZodType, value: unknown): unknown =>
    cleanDocument(schema, value, new Sanitizer(NO_SEEDS));
  it.each<[unknown, unknown, z.core.$ZodType]>([
    ['localhost,zqnas;*.zqcorp.lan|media-*.zq.org', 'localhost,<host-1>;*.<domain-1>|media-*.<domain-2>', setting()],
    ['*zqcorp*, 3232236807, 10.', '*<host-1>, <lan-ip-1>, 10.', setting()],
    ['http://zqgate:3128/zqpath?zqkey', 'http://<host-1>:3128/<file-1>?<removed-query>', setting()],
    ['Zqcorp Gateway 7/2.1 (squid/6.13)', '<name-1> Gateway 7/2.1 (squid/6.13)', said()],
    ['Basic realm="Zqcorp of Otto"', 'Basic realm="<name-1> of <name-2>"', said()],
    [
      'An internet connection is required to scan library files',
      'An internet connection is required to scan library files',
      said(),
    ],
    ['<urlopen error [Errno 110] Connection timed out>', '<urlopen error [Errno 110] Connection timed out>', said()],
    ['Exception in the search function of zqmine', 'Exception in the search function of <name-1>', said()],
    ['Failed to download XML', 'Failed to download XML', said()],
    ['tv.plex.agents.music com.plexapp.agents.zqmine', 'tv.plex.agents.music com.plexapp.agents.<name-1>', said()],
    ['http://zqgate.zq.lan:3128', 'http://<domain-1>:3128', url()],
  ])('%s', (value, expected, schema) => {
    expect(clean(schema, value)).toBe(expected);
  });

  it('a certificate that only a root of --ca vouches for is as private as any other', () => {
    const certificate = vouchedFor({
      trusted: z.boolean(),
      byOwnRoot: z.optional(z.boolean()),
      issuer: certificateName(),
    });
    const of = (more: object) =>
      clean(list(obj({ certificate })), [{ certificate: { trusted: true, issuer: 'ZQ Root', ...more } }]);
    expect(of({})).toMatchObject([{ certificate: { issuer: 'ZQ Root' } }]);
    expect(of({ byOwnRoot: true })).toMatchObject([{ certificate: { issuer: '<ca-1>' } }]);
  });
});

describe('a host that is called like a word of the report', () => {
  const sanitizer = new Sanitizer({ ...NO_SEEDS, hostnames: ['answers', 'zqnas'], ownWords: ['answers'] });
  it('does not change its sentences', () => {
    expect(sanitizer.text('plex.tv answers zqnas')).toBe('plex.tv answers <host-1>');
  });
});
