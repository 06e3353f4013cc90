import { describe, expect, it } from 'vitest';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS, type Seeds } from '../../src/sanitize/values/seeds.ts';

const SEEDS: Seeds = {
  ...NO_SEEDS,
  hostnames: ['mediabox', 'plex'],
  users: ['alice', 'root'],
  domains: ['int.mydomain.com'],
  proxyHosts: ['forward-proxy.int.mydomain.com', 'fwproxy', 'localhost'],
  authorities: [['CN=Corp Root G2, O=My Corp', 'Corp Root G2', 'My Corp']],
  readableHosts: ['static.example.org'],
  versions: ['4.90.1.207'],
};
const TOKEN = 'aB3dEfGh1JkLmN0pQrSt';
const HEX = '0123456789abcdef0123456789abcdef';
const sanitize = (text: string): string => new Sanitizer(SEEDS).text(text);

describe('credentials', () => {
  it.each([
    ['user and password', 'http://user:pw@fwproxy:3128', 'http://***@<proxy-2>:3128'],
    ['user only', 'http://user@h.corp:3128/', 'http://***@<domain-2>:3128/'],
    ['@ in the password', 'http://user:p@ss@h.corp:3128', 'http://***@<domain-2>:3128'],
    ['/ in the password', 'http://user:p/ss@h.corp:3128', 'http://***@<domain-2>:3128'],
    ['# and ? in the password', 'http://user:p#s?s@h.corp:3128', 'http://***@<domain-2>:3128'],
    ['percent-encoded', 'http://us%65r:p%40ss@h.corp:3128', 'http://***@<domain-2>:3128'],
    ['quote in the password', `http://user:p'"ss@h.corp:3128`, 'http://***@<domain-2>:3128'],
    [
      'inside quotes',
      `proxy "http://user:pw@h.corp:3128" and "a@plex.tv"`,
      `proxy "http://***@<domain-2>:3128" and "<mail-1>"`,
    ],
    ['socks', 'socks5h://user:pw@192.168.1.9:1080', 'socks5h://***@<lan-ip-1>:1080'],
    ['JSON escapes', String.raw`"http:\/\/user:pw@h.corp\/"`, String.raw`"http:\/\/***@<domain-2>\/"`],
    ['no scheme', 'user:pw@h.corp:3128', '***@<domain-2>:3128'],
    ['no scheme, an assignment', 'https_proxy=user:p@w/x@fwproxy:3128', 'https_proxy=***@<proxy-2>:3128'],
    ['no scheme, an address', 'user:pw@10.1.2.3:3128', '***@<lan-ip-1>:3128'],
    ['user only, no scheme, the known proxy', 'bob@forward-proxy.int.mydomain.com:3128', '***@<proxy-1>:3128'],
    ['masked already', 'http://***@h.corp:3128', 'http://***@<domain-2>:3128'],
    ['encoded as a whole', 'u=http%3A%2F%2Fuser%3Apw%40h.corp%2F', 'u=http://***@<domain-2>/'],
    ['an @ in the path of a public host', 'https://plex.tv/users/x@corp.org', 'https://plex.tv/users/<mail-1>'],
    ['two addresses', 'http://plex.tv/ http://u:p@h.corp/', 'http://plex.tv/ http://***@<domain-2>/'],
    ['Proxy-Authorization', 'Proxy-Authorization: Basic dXNlcjpwYXNz', 'Proxy-Authorization: <removed-token>'],
    ['Digest', 'authorization: Digest username="bob", realm="x"', 'authorization: <removed-token>'],
    [
      'header in a command',
      `curl -H 'Authorization: Bearer ${TOKEN}' https://plex.tv/`,
      `curl -H 'Authorization: <removed-token>' https://plex.tv/`,
    ],
    ['Basic alone', 'sent Basic dXNlcjpwYXNz to it', 'sent Basic <removed-token> to it'],
    ['Basic in prose', 'Basic authentication is wanted', 'Basic authentication is wanted'],
    ['cookie', 'Set-Cookie: sid=abc; Path=/', 'Set-Cookie: <removed-cookie>'],
  ])('%s', (_, input, expected) => {
    expect(sanitize(input)).toBe(expected);
  });
});

describe('tokens', () => {
  it.each([
    ['query', `https://plex.tv/a?X-Plex-Token=${TOKEN}&b=1`, 'https://plex.tv/a?X-Plex-Token=<removed-token>&b=1'],
    ['header', `X-Plex-Token: ${TOKEN}`, 'X-Plex-Token: <removed-token>'],
    ['auth_token', `auth_token=${TOKEN}`, 'auth_token=<removed-token>'],
    ['token', `?token=${TOKEN}#x`, '?token=<removed-token>'],
    ['JSON', `{"authToken":"${TOKEN}"}`, '{"authToken":"<removed-token>"}'],
    ['preference', `PlexOnlineToken="${TOKEN}"`, 'PlexOnlineToken="<removed-token>"'],
    [
      'nested URL',
      `url=https%3A%2F%2Fplex.tv%2F%3FX-Plex-Token%3D${TOKEN}%26x`,
      'url=https://plex.tv/?X-Plex-Token=<removed-token>&x',
    ],
    ['nested twice', `url=a%253FX-Plex-Token%253D${TOKEN}`, 'url=a?X-Plex-Token=<removed-token>'],
    ['transient', 'transient-12345678-1234-1234-1234-123456789012', '<removed-token>'],
    ['claim', 'claim-aBcDeFgHiJkLmNoPqRsT', '<removed-token>'],
    ['JWT', 'got eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln now', 'got <removed-token> now'],
    ['masked by PMS', 'X-Plex-Token=xxxxxxxxxxxxxxxxxxxx', 'X-Plex-Token=xxxxxxxxxxxxxxxxxxxx'],
    [
      'passphrase',
      'customCertificateKey=abc passphrase="def"',
      'customCertificateKey=<removed-token> passphrase="<removed-token>"',
    ],
    ['prose', 'an entry of no_proxy is a token: see below', 'an entry of no_proxy is a token: see below'],
  ])('%s', (_, input, expected) => {
    expect(sanitize(input)).toBe(expected);
  });
});

describe('addresses', () => {
  it.each([
    ['LAN with a port', '192.168.1.20:32400', '<lan-ip-1>:32400'],
    ['public', '203.0.113.7', '<public-ip-1>'],
    ['no prefix match', '8.8.8.8 8.8.8.85 8.8.8.8', '<public-ip-1> <public-ip-2> <public-ip-1>'],
    ['carrier-grade NAT', '100.64.3.4', '<cgnat-ip-1>'],
    ['loopback stays', '127.0.0.1:32400 ::1 [::1]:80 0.0.0.0', '127.0.0.1:32400 ::1 [::1]:80 0.0.0.0'],
    ['multicast and netmask stay', '239.255.255.250 255.255.255.0', '239.255.255.250 255.255.255.0'],
    ['after a word and a hyphen', 'peer-192.168.1.20', 'peer-<lan-ip-1>'],
    ['glued to a word', 'from192.168.1.20to', 'from<lan-ip-1>to'],
    ['Squid hierarchy', 'HIER_DIRECT/203.0.113.7', 'HIER_DIRECT/<public-ip-1>'],
    ['behind a product that is a host', 'http://plex/192.168.1.20', 'http://plex/<lan-ip-1>'],
    ['end of a sentence', 'it is 203.0.113.7.', 'it is <public-ip-1>.'],
    ['IPv6', '2001:db8::1', '<public-ip-1>'],
    ['IPv6 in brackets', 'http://[2001:db8::1]:3128/', 'http://[<public-ip-1>]:3128/'],
    ['IPv6 before a colon', 'connect 2001:db8::1: no route', 'connect <public-ip-1>: no route'],
    ['IPv6 with a zone', 'fe80::a1%eth0', '<lan-ip-1>'],
    ['IPv6 with an encoded zone', '[fe80::a1%25eth0]', '[<lan-ip-1>]'],
    ['one IPv6 in several spellings', 'FD12::0A fd12::a fd12:0:0:0:0:0:0:a', '<ula-1> <ula-1> <ula-1>'],
    ['percent-encoded IPv6', 'x=%5Bfd12%3A%3Aa%5D', 'x=[<ula-1>]'],
    ['ULA beside a mapped address', 'fd12::a,::ffff:192.168.1.20', '<ula-1>,<lan-ip-1>'],
    ['mapped is the same', '192.168.1.20 ::ffff:192.168.1.20 ::FFFF:c0a8:114', '<lan-ip-1> <lan-ip-1> <lan-ip-1>'],
    [
      'plex.direct is the same',
      `192.168.1.20 192-168-1-20.${HEX}.plex.direct:32400`,
      '<lan-ip-1> <lan-ip-1>.<server-1>.plex.direct:32400',
    ],
    ['plex.direct with IPv6', `fd12--a.${HEX}.plex.direct`, '<ula-1>.<server-1>.plex.direct'],
    ['dashed', 'ip-10-1-2-3 10.1.2.3', 'ip-<lan-ip-1> <lan-ip-1>'],
    ['CIDR', '10.20.0.0/16', '<lan-net-1>/16'],
    ['CIDR of IPv6', 'fd12:3456::/32', '<lan-net-1>/32'],
    ['whole private blocks stay', '10.0.0.0/8,192.168.0.0/16,127.0.0.0/8', '10.0.0.0/8,192.168.0.0/16,127.0.0.0/8'],
    ['a path is no prefix length', 'http://203.0.113.7/16', 'http://<public-ip-1>/16'],
    ['partial', '192.168.7.*,10.20.,192.168.', '<lan-net-1>.*,<lan-net-2>.,192.168.'],
    ['MAC', 'aa:bb:cc:dd:ee:0f AA-BB-CC-DD-EE-0F', '<mac-1> <mac-1>'],
  ])('%s', (_, input, expected) => {
    expect(sanitize(input)).toBe(expected);
  });
});

describe('names and people', () => {
  it.each([
    ['an unknown domain', 'nas.corp.lan', '<domain-2>'],
    ['below a known domain', 'nas.int.mydomain.com', '<host-1>.<domain-1>'],
    ['a no_proxy entry', 'localhost,127.0.0.1,.int.mydomain.com', 'localhost,127.0.0.1,.<domain-1>'],
    ['any case, root dot', 'NAS.Int.MyDomain.COM. nas.int.mydomain.com', '<host-1>.<domain-1>. <host-1>.<domain-1>'],
    ['the proxy, short and long', 'fwproxy forward-proxy.int.mydomain.com', '<proxy-2> <proxy-1>'],
    [
      'Plex stays',
      'plex.tv v4.plex.tv Metadata.Provider.Plex.TV x.plexapp.com',
      'plex.tv v4.plex.tv Metadata.Provider.Plex.TV x.plexapp.com',
    ],
    ['no Plex in disguise', 'plex.tv.corp.lan notplex.tv', '<domain-2> <domain-3>'],
    ['the catalogue stays', 'static.example.org', 'static.example.org'],
    ['a probe name stays', 'pms-proxy-doctor-probe.invalid', 'pms-proxy-doctor-probe.invalid'],
    ['unqualified in a URL', 'http://fileserver:8080/x', 'http://<host-1>:8080/x'],
    ['this machine', 'MEDIABOX and mediabox.int.mydomain.com', '<host-1> and <host-1>.<domain-1>'],
    ['not inside other words', 'mediaboxes malice alice_x', 'mediaboxes malice alice_x'],
    ['a common word is no secret', 'plex and root', 'plex and root'],
    ['user', 'Alice', '<user-1>'],
    [
      'home paths',
      String.raw`/home/alice/x /Users/Bob/y C:\Users\Bob Smith\AppData`,
      String.raw`/home/<user-1>/x /Users/<user-2>/y C:\Users\<user-3>\AppData`,
    ],
    ['home path, encoded', '%2Fhome%2Fcarol%2Fx', '/home/<user-1>/x'],
    ['home path of the service', '/home/plex/x', '/home/plex/x'],
    ['mail', 'bob@corp.org BOB@corp.org --userId=eve%40corp.org', '<mail-1> <mail-1> --userId=<mail-2>'],
    ['Plex log', 'Signed-in Token (bobby)', 'Signed-in Token (<user-1>)'],
    [
      'preference',
      'PlexOnlineUsername="bobby" FriendlyName="Attic"',
      'PlexOnlineUsername="<user-1>" FriendlyName="<user-2>"',
    ],
    ['a certificate authority', 'issued by "CN=Corp Root G2, O=My Corp" (My Corp)', 'issued by "<ca-1>" (<ca-1>)'],
    ['Squid header', 'MISS from cache01:3128', 'MISS from <host-1>:3128'],
    ['a template unit is no mail', 'pms@main.service', 'pms@main.service'],
  ])('%s', (_, input, expected) => {
    expect(sanitize(input)).toBe(expected);
  });
});

it('a documentation name that is in use is private', () => {
  const seeds = { ...NO_SEEDS, domains: ['example.com'] };
  expect(new Sanitizer(seeds).text('.example.com nas.example.com')).toBe('.<domain-1> <host-1>.<domain-1>');
});

it.each(['media-box', 'a+b', 'b(x', 'c[d', 'e.f', 'g^$', '*', '', ' ', 'tab\tbed', '<user-1>'])(
  'a seed may be any text: %s',
  (name) => {
    const seeds = {
      ...NO_SEEDS,
      hostnames: [name],
      users: [name],
      domains: [name],
      proxyHosts: [name],
      authorities: [[name]],
    };
    expect(new Sanitizer(seeds).text('plain words stay')).toBe('plain words stay');
  },
);

describe('ids', () => {
  it.each([
    ['UUID', '12345678-1234-1234-1234-1234567890AB', '<uuid-1>'],
    ['machine id', `${HEX}01234567`, '<machine-id-1>'],
    ['server id', HEX, '<server-1>'],
  ])('%s', (_, input, expected) => {
    expect(sanitize(input)).toBe(expected);
  });
});

describe('what is not private stays', () => {
  it.each([
    'plexmediaserver.service',
    '/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2',
    '/usr/lib/plexmediaserver/Resources/cacert.pem',
    'libcurl.so.4 node.js report.json install.sh README.md',
    'tv.plex.agents.music com.plexapp.system',
    'attempts.direct is missing; e.g. this, i.e. that',
    '2026-11-22T14:03:09.120Z 14:03:09 3.0 s 0.5',
    'Nov 22, 2026 14:03:09.120 [0x7f00aa11bb22] DEBUG - done',
    '1.41.8.9834-aaaabbbbc',
    'libcurl 4.90.1.207',
    'version 4.90.1.208 v1.2.3.4 Chrome/120.0.0.0 squid/5.7.0.1',
    Array.from({ length: 32 }, (_, i) => (i + 16).toString(16))
      .join(':')
      .toUpperCase(),
    HEX + HEX,
    'https%3A%2F%2Fplex.tv%2Fapi%3Fx%3D1',
    'std::string',
    'no_proxy localhost',
    'Plex Media Scanner (pid 931): ECONNREFUSED, SELF_SIGNED_CERT_IN_CHAIN',
    'User-Agent: pms-proxy-doctor/0.1.0',
    'put http://user:password@host:port there, or ".example.com"',
    '12 % of 30 %',
  ])('%s', (input) => {
    expect(sanitize(input)).toBe(input);
  });
});

describe('numbers', () => {
  it('one value keeps its pseudonym over texts', () => {
    const sanitizer = new Sanitizer();
    expect(sanitizer.text('10.1.1.1')).toBe('<lan-ip-1>');
    expect(sanitizer.text('10.1.1.2 10.1.1.1')).toBe('<lan-ip-2> <lan-ip-1>');
  });
  it('one made from the seeds of another gives the same', () => {
    const first = new Sanitizer();
    first.text('10.1.1.1 10.1.1.2');
    expect(new Sanitizer(first.seeds()).text('10.1.1.2')).toBe('<lan-ip-2>');
  });
  it('does not give a number again that a text brought along', () => {
    expect(new Sanitizer().text('<lan-ip-1> 10.1.1.1')).toBe('<lan-ip-1> <lan-ip-2>');
  });
  it('counts by kind', () => {
    const sanitizer = new Sanitizer();
    sanitizer.text(`10.1.1.1 10.1.1.1 token=${TOKEN} http://u:p@plex.tv/`);
    expect(sanitizer.removed).toEqual({ credentials: 1, 'lan-ip': 2, token: 1 });
  });
});
