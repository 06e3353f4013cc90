import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../src/cli/options/options.ts';
import type { Listening } from '../../src/demo/system/listening.ts';
import { DNS_RCODE, DNS_TYPE, dnsQuery, dnsReply, encodeDns, type DnsMessage } from '../../src/parse/dns.ts';
import type { Canary } from '../support/canaries.ts';
import { formsOf } from '../support/encodings.ts';
import { LogFolder } from '../support/logs/log-files.ts';
import { tlsHello } from '../support/packets/hello-builder.ts';
import { Conversation, etherPcap, ip, PROTOCOL, RST, udp } from '../support/packets/pcap-builder.ts';
import { spellingsOf, Values } from '../support/planted/values.ts';
import { garbageReply } from '../support/servers/misbehaving-proxy.ts';
import { pacServer } from '../support/servers/pac-server.ts';
import { ANSWERS, SECTIONS, smallPms } from '../support/servers/pms-server.ts';
import { runHere } from '../support/system/in-process.ts';

/** Private values in captures, files of settings, a PAC file and a PMS that answers, looked for in all that is written. */
const values = new Values(13_000);
const folder = new LogFolder();
const open: Listening[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  folder.remove();
});
async function serve<S extends Listening>(starting: Promise<S>): Promise<S> {
  const server = await starting;
  open.push(server);
  return server;
}

const [CLIENT, RESOLVER, INTERNAL, PROXY] = [values.lan(), values.lan(), values.lan(), values.lan()];
const [PUBLIC, CLIENT6, PUBLIC6] = [values.wan(), values.ipv6(), values.ipv6()];
const CANARIES: readonly Canary[] = [
  ...[CLIENT, RESOLVER, INTERNAL, PROXY].map((value) => ({ kind: 'ip', value, line: '' })),
  { kind: 'public ip', value: PUBLIC, line: '' },
  ...[CLIENT6, PUBLIC6].map((value) => ({ kind: 'ip6', value, line: '' })),
  { kind: 'word', value: 'zq', line: '' },
];
const SPELLINGS = [...new Set(CANARIES.flatMap(spellingsOf))];

/** The places where a text has one of the values. */
const places = (text: string): readonly string[] =>
  formsOf(text).flatMap((form) =>
    SPELLINGS.flatMap((spelling) => {
      const at = form.indexOf(spelling);
      return at < 0 ? [] : [`${spelling}: …${form.slice(Math.max(0, at - 80), at + 60)}…`];
    }),
  );

/** Runs a command; resolves with the places in what it wrote: standard output and error, and files. */
async function leaksOf(args: readonly string[], environment: Record<string, string> = {}): Promise<readonly string[]> {
  const ran = await runHere(args, { environment, isTerminal: args.includes('-o') });
  expect([0, 1, 2, 3]).toContain(ran.code);
  expect(ran.stdout + ran.stderr).not.toBe('');
  return [ran.stdout, ran.stderr].flatMap(places);
}

let count = 0;
/** The same with saved evidence, which is looked through too. */
async function leaksOfJudging(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<readonly string[]> {
  const evidence = join(folder.path, `saved-${(count += 1)}.json`);
  const leaks = await leaksOf([...args, '--save-evidence', evidence], environment);
  return [...leaks, ...places(readFileSync(evidence, 'utf8'))];
}

/* Captures: names in handshakes and answers, addresses of both ends, names of the files. */

function dns(from: string, to: string, ports: readonly [number, number], message: DnsMessage): Uint8Array {
  return ip({ from, to, protocol: PROTOCOL.udp, payload: udp(ports[0], ports[1], encodeDns(message)) });
}

function lookup(id: number, name: string, rcode: number, addresses: readonly string[]): readonly Uint8Array[] {
  const query = dnsQuery(id, name, DNS_TYPE.A);
  return [
    dns(CLIENT, RESOLVER, [50_000 + id, 53], query),
    dns(RESOLVER, CLIENT, [53, 50_000 + id], dnsReply(query, rcode, addresses)),
  ];
}

function hello(name: string, server: string, clientPort: number, client = CLIENT): readonly Uint8Array[] {
  const talk = new Conversation({ client, clientPort, server });
  return [...talk.handshake(), talk.says(tlsHello({ name })), talk.fromServer({ flags: RST })];
}

function connect(target: string, clientPort: number, reply: string): readonly Uint8Array[] {
  const talk = new Conversation({ client: CLIENT, clientPort, server: PROXY, serverPort: 3128 });
  const request = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Basic ${Buffer.from(`${values.word()}:${values.password()}`).toString('base64')}\r\nUser-Agent: ${values.word()}\r\n\r\n`;
  return [...talk.handshake(), talk.says(Buffer.from(request)), talk.answers(Buffer.from(reply))];
}

const PACKETS = [
  ...lookup(1, 'plex.tv', DNS_RCODE.noError, [PUBLIC]),
  ...lookup(2, values.host(), DNS_RCODE.nxDomain, []),
  ...lookup(3, values.publicHost(), DNS_RCODE.noError, [INTERNAL, PUBLIC]),
  ...lookup(4, `_plex._tcp.${values.host()}`, DNS_RCODE.noError, [INTERNAL]),
  ...hello('metadata.provider.plex.tv', PUBLIC, 40_001),
  ...hello(values.publicHost(), PUBLIC, 40_002),
  ...hello(values.word(), INTERNAL, 40_003),
  ...hello(values.publicHost(), PUBLIC6, 40_004, CLIENT6),
  ...connect('plex.tv:443', 40_005, `HTTP/1.1 403 Forbidden\r\nVia: 1.1 ${values.host()} (squid/6.1)\r\n\r\n`),
  ...connect(
    `${values.publicHost()}:443`,
    40_006,
    `HTTP/1.1 503 ${values.word()}\r\nX-Squid-Error: ${values.word()}\r\n\r\n`,
  ),
  ...connect(`${values.word()}:8443`, 40_007, 'HTTP/1.1 200 OK\r\n\r\n'),
  ...Array.from({ length: 3 }, (_, i) =>
    new Conversation({ client: CLIENT, clientPort: 40_100 + i, server: PUBLIC }).syn(),
  ),
];
const CAPTURE = folder.add(`${values.word()}/${values.word()} at ${values.host()}.pcap`, etherPcap(PACKETS));

describe('nothing private of a capture in what is written by', () => {
  it.each(FORMAT_NAMES)('read --format %s', async (format) => {
    expect(await leaksOfJudging(['read', CAPTURE, '--format', format, '--all', '--verbose'])).toEqual([]);
  });
  it('read, which understood it', async () => {
    const { stdout } = await runHere(['read', CAPTURE, '--all', '--raw']);
    expect(stdout).toContain('metadata.provider.plex.tv');
    expect(stdout.match(/zq[a-z]{8}/g)?.length).toBeGreaterThan(2);
  });
  it.each([
    ['allow --from', ['allow', '--from', CAPTURE]],
    ['allow --collateral --from', ['allow', '--collateral', '--from', CAPTURE]],
    ['sanitize, which refuses it', ['sanitize', CAPTURE]],
  ])('%s', async (_, args) => {
    expect(await leaksOf(args)).toEqual([]);
  });
});

/* Files of settings: the proxy with a password, no_proxy, and what stands around them. */

const proxyUrl = (): string => `http://${values.word()}:${values.password()}@${values.host()}:3128`;
const noProxy = (): string =>
  `localhost,127.0.0.1,.${values.host()},${values.word()},${INTERNAL},${PUBLIC}/32,*.${values.publicHost()},${CLIENT6},plex.tv`;
const add = (name: string, text: string): string => folder.add(`${values.word()}/${name}`, text);

const SERVICE = values.word();
const SETTINGS: readonly (readonly [string, string])[] = [
  [
    'an environment file',
    add(
      `${values.word()}.env`,
      `# for ${values.fullName()}, ask ${values.word()}@${values.host()}\nhttps_proxy="${proxyUrl()}"\nHTTP_PROXY=${proxyUrl()}\nno_proxy='${noProxy()}'\n${values.word()}=${values.token()}\n`,
    ),
  ],
  [
    'a compose file',
    `${add(
      'docker-compose.yml',
      `name: ${values.word()}\nservices:\n  ${SERVICE}:\n    image: registry.${values.host()}/${values.word()}/plex:latest\n    container_name: ${values.word()}\n    hostname: ${values.word()}\n    environment:\n      https_proxy: ${proxyUrl()}\n      NO_PROXY: "${noProxy()}"\n      PLEX_CLAIM: claim-${values.word()}\n      ADVERTISE_IP: http://${INTERNAL}:32400/\n    volumes:\n      - /srv/${values.word()}:/data\n`,
    )}#${SERVICE}`,
  ],
  [
    'a Kubernetes manifest',
    add(
      `${values.word()}.yaml`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${values.word()}\n  namespace: ${values.word()}\nspec:\n  template:\n    spec:\n      nodeName: ${values.word()}\n      containers:\n        - name: plex\n          image: ${values.host()}/plex:1\n          env:\n            - name: https_proxy\n              value: "${proxyUrl()}"\n            - name: no_proxy\n              value: "${noProxy()}"\n`,
    ),
  ],
  [
    'a property list of launchd',
    add(
      `com.${values.word()}.plex.plist`,
      `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>\n<key>Label</key><string>com.${values.word()}.plex</string>\n<key>UserName</key><string>${values.word()}</string>\n<key>EnvironmentVariables</key><dict><key>https_proxy</key><string>${proxyUrl()}</string><key>no_proxy</key><string>${noProxy()}</string></dict>\n</dict></plist>\n`,
    ),
  ],
  [
    'rc.conf',
    add(
      'rc.conf',
      `hostname="${values.host()}"\nplexmediaserver_enable="YES"\nplexmediaserver_env="https_proxy=${proxyUrl()} no_proxy=${noProxy()}"\n`,
    ),
  ],
  [
    'a file of conf.d',
    add(
      'conf.d/plexmediaserver',
      `# ${values.fullName()}\nexport https_proxy="${proxyUrl()}"\nexport no_proxy="${noProxy()}"\nPLEX_USER=${values.word()}\n`,
    ),
  ],
  [
    'a unit',
    add(
      `${values.word()}.service`,
      `[Unit]\nDescription=Plex of ${values.fullName()}\n[Service]\nUser=${values.word()}\nEnvironment="https_proxy=${proxyUrl()}" "no_proxy=${noProxy()}"\nEnvironmentFile=-/etc/${values.word()}/${values.word()}.env\nExecStart=/opt/${values.word()}/start\n`,
    ),
  ],
  [
    'a file that is broken',
    add(
      `${values.word()}.yml`,
      `services:\n  ${values.word()}: [${values.word()}\n  "${values.word()}: ${proxyUrl()}\n`,
    ),
  ],
  ['a file of something else', add(`${values.word()}.txt`, `${values.fullName()} ${proxyUrl()}\n`)],
];
const QUICK = ['--only', 'plex.tv', '--timeout', '300ms', '--budget', '2s', '--family', '4', '--no-logs'];

describe('nothing private of settings in what is written by', () => {
  describe.each(SETTINGS)('check: %s', (what, path) => {
    it.each(['text', 'json', 'markdown'])('--format %s', async (format) => {
      const args = ['check', '--env-from', `file:${path}`, ...QUICK, '--format', format, '--all', '--verbose'];
      const isBroken = what.startsWith('a file ') && !what.endsWith('conf.d');
      expect(await (isBroken ? leaksOf(args) : leaksOfJudging(args))).toEqual([]);
    });
    it('sanitize', async () => {
      expect(await leaksOf(['sanitize', path.replace(/#.*/, '')])).toEqual([]);
    });
  });
});

/* A PAC file, PMS itself, and what is made of a report. */

const TOKEN = values.token();
const TOKEN_FILE = folder.add(`${values.word()}.token`, `${TOKEN}\n`);
chmodSync(TOKEN_FILE, 0o600);

const section = (key: string, type: string, agent: string): object => ({
  key,
  type,
  title: values.title(),
  agent,
  scanner: `${values.name()} Scanner`,
  refreshing: false,
  uuid: values.word(),
  Location: [{ id: Number(key), path: `/srv/${values.word()}/${values.title()}` }],
});

function busyPms(): ReturnType<typeof smallPms> {
  return smallPms({
    token: TOKEN,
    answers: {
      ...ANSWERS,
      '/': {
        MediaContainer: {
          friendlyName: values.fullName(),
          machineIdentifier: values.word(),
          myPlex: true,
          myPlexUsername: `${values.word()}@${values.host()}`,
          myPlexSigninState: 'ok',
          myPlexMappingState: 'mapped',
          version: '1.41.8.9834-aaaabbbbc',
        },
      },
      '/myplex/account': {
        MyPlex: {
          authToken: values.token(),
          username: values.word(),
          signInState: 'ok',
          mappingState: 'failed',
          mappingError: values.word(),
          publicAddress: PUBLIC,
          privateAddress: INTERNAL,
        },
      },
      '/media/providers': {
        MediaContainer: {
          MediaProvider: [
            {
              identifier: `${values.word()}.${values.word()}`,
              title: values.title(),
              baseURL: `http://${values.host()}:8080/${values.word()}`,
              online: 0,
            },
            { identifier: 'tv.plex.provider.metadata', online: 0 },
          ],
        },
      },
      '/activities': {
        MediaContainer: {
          size: 0,
          Activity: [
            {
              uuid: values.word(),
              type: 'library.update.section',
              title: `Scanning ${values.title()}`,
              subtitle: values.name(),
            },
          ],
        },
      },
      [SECTIONS]: {
        MediaContainer: {
          Directory: [
            section('5', 'artist', 'tv.plex.agents.music'),
            section('6', 'movie', `${values.word()}.agents.${values.word()}`),
          ],
        },
      },
    },
  });
}

describe('nothing private of a live PMS in what is written by', () => {
  it.each([
    ['check', []],
    ['observe', ['--for', '200ms']],
    ['reproduce', ['--yes', '--scan-timeout', '2s']],
    ['reproduce', ['--yes', '--section', '77']],
  ] as const)('%s %j', async (command, more) => {
    const pms = await serve(busyPms());
    const proxy = await serve(
      garbageReply(
        `HTTP/1.1 403 Forbidden\r\nVia: 1.1 ${values.host()}\r\nX-Squid-Error: ${values.word()}\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    const known =
      command === 'observe'
        ? ['--only', 'plex.tv', '--timeout', '300ms']
        : QUICK.filter((word) => command === 'check' || word !== '--no-logs');
    for (const format of ['text', 'json', 'html']) {
      const args = [
        command,
        ...more,
        '--env-from',
        'shell',
        '--pms',
        pms.base,
        '--token-file',
        TOKEN_FILE,
        ...known,
        '--format',
        format,
        '--all',
        '--verbose',
      ];
      const environment = {
        https_proxy: `http://${values.word()}:${values.password()}@127.0.0.1:${proxy.port}`,
        no_proxy: noProxy(),
      };
      expect(
        await (more.length > 2 && more[2] === '77' ? leaksOf(args, environment) : leaksOfJudging(args, environment)),
      ).toEqual([]);
    }
  });

  it.each([
    [
      'answers',
      () =>
        `function FindProxyForURL(url, host) { if (host == "${values.host()}") return "DIRECT"; return "PROXY ${values.host()}:3128; PROXY ${values.word()}:8080; SOCKS ${INTERNAL}:1080"; }`,
    ],
    [
      'throws',
      () =>
        `function FindProxyForURL(url, host) { throw new Error("${values.word()} at ${INTERNAL}: " + ${values.word()}); }`,
    ],
    [
      'is no PAC file',
      () => `<html><title>${values.title()}</title><a href="http://${values.host()}/">${values.fullName()}</a></html>`,
    ],
  ] as const)('check with a PAC file that %s', async (_, script) => {
    const server = await serve(pacServer(script()));
    const args = [
      'check',
      '--env-from',
      'shell',
      '--proxy',
      `pac+http://127.0.0.1:${server.port}/${values.word()}.pac?${values.word()}=${values.token()}`,
      ...QUICK,
      '--all',
      '--verbose',
    ];
    expect(await leaksOfJudging(args)).toEqual([]);
  });
});

describe('what is made for this machine says on the terminal only what may be shown', () => {
  const report = join(folder.path, 'raw.json');
  it.each([
    ['bridge plan', ['bridge', 'plan', '--from-report', report]],
    ['fix', ['fix', '--from-report', report]],
    ['fix CAUSE', ['fix', 'proxy-denies', '--from-report', report]],
    ['allow --from-report', ['allow', '--from-report', report]],
  ])('%s', async (_, args) => {
    const env = SETTINGS[0]?.[1] ?? '';
    await runHere(['read', CAPTURE, '--save-evidence', report, '--raw']);
    expect(readFileSync(report, 'utf8')).toContain('zq');
    const output = join(folder.path, `out-${(count += 1)}`);
    const isAllow = args[0] === 'allow';
    const more = isAllow ? [] : ['--env-from', `file:${env}`, '-o', output];
    expect(await leaksOf([...args, ...more])).toEqual([]);
    expect(isAllow ? ['-'] : readdirSync(output)).not.toEqual([]);
  });
});
