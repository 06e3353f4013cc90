/** Private values of every kind, each with the sentence, header, setting or line that a machine would have it in. */
export interface Canary {
  readonly kind: string;
  readonly value: string;
  /** A line of a log or a file with the value in it. */
  readonly line: string;
}

const NAMES = [
  'zqhannah',
  'zqotto',
  'zqkowalski',
  'zqmarchetti',
  'zqlindqvist',
  'zqokafor',
  'zqtanaka',
  'zqferreira',
] as const;
const HOSTS = [
  'zqnas.zqcorp.lan',
  'media.zqfamily.org',
  'zq-proxy7.corp.zqacme.com',
  'zqbox.localhost',
  'zqtv.home.arpa',
  'zqsrv.zq-intra.local',
] as const;
const LAN = ['10.77.3.9', '172.20.44.5', '192.168.177.31'] as const;
const PUBLIC = ['93.184.216.34', '81.2.69.160', '2606:2800:220:1:248:1893:25c8:1946'] as const;
const OTHER = ['100.72.9.4', 'fd9a:4d1c:77::19', 'fe80::aa11:22ff:fe33:4455'] as const;
const TOKENS = ['zqTk9Xy8Lm7Np6Rs5Tv4', 'zqAb1Cd2Ef3Gh4Ij5Kl6'] as const;
const PASSWORDS = ['zqHunter2', 'zq%40pass', 'zq/slash#pw'] as const;
const TITLES = ['Zqsong of Winter', 'Zqfilm Returns', 'Zqshow Unlimited'] as const;

const rows = (
  kind: string,
  values: readonly string[],
  lines: readonly ((value: string) => string)[],
): readonly Canary[] => values.flatMap((value) => lines.map((line) => ({ kind, value, line: line(value) })));

export const CANARIES: readonly Canary[] = [
  ...rows('user', NAMES, [
    (v) => `Request: [127.0.0.1:1234 (Loopback)] GET /identity (2 live) #1f Signed-in Token (${v}) (Chrome)`,
    (v) => `[Now] User is ${v} (ID: 12)`,
    (v) => `http://${v}:secretpw@proxy:3128`,
    (v) => `Scanner: /home/${v}/plex/x`,
    (v) => `C:\\Users\\${v}\\Plex\\x.log`,
    (v) => `/volume1/homes/${v}/x`,
    (v) => `PlexOnlineUsername="${v}"`,
    (v) => `-Dhttp.proxyUser=${v}`,
    (v) => `1764770591.123 90 10.0.0.5 TCP_TUNNEL/200 39 CONNECT plex.tv:443 ${v} HIER_DIRECT/52.1.2.3 -`,
    (v) => `10.0.0.5 - ${v} [22/Nov/2026:14:03:09 +0000] "CONNECT plex.tv:443 HTTP/1.1" 200 39`,
    (v) => `mail to ${v}@zqmail.example`,
    (v) => `{"username":"${v}"}`,
  ]),
  ...rows('host', HOSTS, [
    (v) => `HTTP error requesting GET https://${v}/x (6, Could not resolve hostname)`,
    (v) => `Could not resolve host: ${v}`,
    (v) => `CONNECT ${v}:443 HTTP/1.1`,
    (v) => `no_proxy=localhost;.${v};127.0.0.1`,
    (v) => `NO_PROXY: "localhost|*.${v}"`,
    (v) => `-Dhttp.nonProxyHosts=localhost|${v}`,
    (v) => `PROXY ${v}:3128; DIRECT`,
    (v) => `Via: 1.1 ${v}:3128 (squid/6.13)`,
    (v) => `X-Cache: MISS from ${v}:3128`,
    (v) => `X-Forwarded-Server: ${v}`,
    (v) => `Proxy-Status: ${v}; error=http_request_denied`,
    (v) => `Location: https://${v}/login?next=1`,
    (v) => `hostname: ${v}`,
    (v) => `customConnections="https://${v}:32400"`,
    (v) => v.toUpperCase(),
    (v) => v.replaceAll('.', '\uFF0E'),
  ]),
  ...rows('private address', LAN, [
    (v) => `Request: [${v}:52344 (Subnet)] GET /identity`,
    (v) => `allowedNetworks="${v}/24"`,
    (v) => `${v}/32`,
    (v) => `https://${v.replaceAll('.', '-')}.0123456789abcdef0123456789abcdef.plex.direct:32400`,
    (v) => `::ffff:${v}`,
    (v) => `${v.split('.').toReversed().join('.')}.in-addr.arpa`,
    (v) => `connect(${v})`,
    (v) => `ip-${v.replaceAll('.', '-')}`,
  ]),
  ...rows(
    'address',
    [...PUBLIC, ...OTHER],
    [
      (v) => `Mapped to ${v}`,
      (v) => `HIER_DIRECT/${v} text/html`,
      (v) => `"address":"${v}"`,
      (v) => `[${v}]`,
      (v) => `${v} - - [22/Nov/2026:14:03:09 +0000] "GET / HTTP/1.1" 200 1`,
    ],
  ),
  ...rows('token', TOKENS, [
    (v) => `GET /library?X-Plex-Token=${v}&x=1`,
    (v) => `X-Plex-Token: ${v}`,
    (v) => `PlexOnlineToken="${v}"`,
    (v) => `{"authToken":"${v}"}`,
    (v) => String.raw`{\"authToken\":\"${v}\"}`,
    (v) => `Authorization: Bearer ${v}`,
    (v) => `PLEX_CLAIM=claim-${v}`,
    (v) => `claim-${v}`,
    (v) => `--token ${v}`,
    (v) => `it said ${v}`,
    (v) => `token: ${v}`,
    (v) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIi${v}.${v}`,
    (v) => `Cookie: session=${v}`,
  ]),
  ...rows('password', PASSWORDS, [
    (v) => `HTTPS_PROXY=http://someone:${v}@proxy:3128`,
    (v) => `http://someone:${v}\uFF20proxy:3128`,
    (v) => `password: ${v} with a blank`,
    (v) => `--proxy-password "${v} x"`,
    (v) => `-Dhttp.proxyPassword=${v}`,
    (v) => `{"password":"${v}"}`,
  ]),
  ...rows('title', TITLES, [
    (v) => `Loaded metadata for ${v} (ID 90) in 3ms`,
    (v) => `Updating "${v}"`,
    (v) => `Native Scanner: found /data/Music/${v}/Disc 1/01 ${v}.flac`,
    (v) => `Processing directory /mnt/media/${v}/x (parent: no)`,
    (v) => `<Video title="${v}" ratingKey="1"/>`,
    (v) => `GET /search?query=${encodeURIComponent(v)}`,
    (v) => `\\\\zqserver\\films\\${v}.mkv`,
  ]),
  ...rows('device', NAMES, [
    (v) => `Signed-in Token (someone) (${v} TV)`,
    (v) => `X-Plex-Device-Name=${v}`,
    (v) => `FriendlyName="${v}"`,
    (v) => `<13>Nov 22 14:03:09 ${v} plex[12]: hello`,
    (v) => `{"_HOSTNAME":"${v}","MESSAGE":"x"}`,
    (v) => `container_name: ${v}-plex`,
    (v) => `X-BlueCoat-Via: ${v}`,
    (v) => `Proxy-Agent: ${v}/1.0`,
    (v) => `ReferenceError: ${v} is not defined`,
    (v) => `pac+data:text/plain,PROXY ${v}:3128`,
    (v) => `http://127.0.0.1:3128/?key=${v}`,
    (v) => `resolve host: ${v}`,
  ]),
  ...rows(
    'number',
    ['3232235777', '0xc0a80101', '0300.0250.01.01'],
    [(v) => `http://${v}:3128/`, (v) => `http://${v}/x`],
  ),
  ...rows(
    'id',
    ['00:11:32:ab:cd:ef', '1f0f8b5e-aaaa-4bbb-8ccc-0123456789ab', '0123456789abcdef0123456789abcdef01234567'],
    [(v) => `id ${v} seen`, (v) => `MachineIdentifier="${v}"`, (v) => `{"machineIdentifier":"${v}"}`],
  ),
];
