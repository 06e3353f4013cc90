import { mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/demo/certificates.ts';
import type { Listening } from '../../src/demo/listening.ts';
import { httpEndpoint } from '../support/endpoint.ts';
import { garbageReply } from '../support/misbehaving-proxy.ts';
import { pacServer } from '../support/pac-server.ts';
import { interceptor } from '../support/proxy.ts';
import { run, Workshop } from './built.ts';

/** Private things, planted in every input; none may be in any output. */
const PASSWORD = 'Hunter2Canary';
const TOKEN = 'tZ9k3XyQw7LmNp5RsTv2';
const DOMAIN = 'acmewidgets.example';
const USER = 'jdoecanary';
const PUBLIC = '93.184.216.34';
const PUBLIC_V6 = '2606:2800:220:1:248:1893:25c8:1946';
const LAN = '192.168.77.31';
const COMPANY = 'Acmewidgets';
const MACHINE = 'jdoe-laptop-7';
const CANARIES = [PASSWORD, TOKEN, 'acmewidgets', USER, PUBLIC, PUBLIC_V6, LAN, MACHINE];

const work = new Workshop();
const open: Listening[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  work.remove();
});

async function serve<S extends Listening>(starting: Promise<S>): Promise<S> {
  const server = await starting;
  open.push(server);
  return server;
}

/** A file in the home directory of the user. */
function atHome(name: string, text: string): string {
  const path = `home/${USER}/${name}`;
  mkdirSync(join(work.path, dirname(path)), { recursive: true });
  return work.file(path, text);
}

const ENDPOINTS = atHome(
  'endpoints.yaml',
  `add:
  - { host: media.${DOMAIN}, id: internal, purpose: "for ${USER}", source: "wiki.${DOMAIN}/${USER}", breaks: "Mirror at ${LAN}, token=${TOKEN}" }
  - { host: ${LAN}, id: lan, accepts: [401] }
  - { host: ${PUBLIC}, id: public }
  - { host: ${MACHINE}, id: machine }
  - { host: plain.${DOMAIN}, id: plain, scheme: http }
`,
);
const POLICY = atHome(
  'policy.yaml',
  `default: { direct: blocked, proxy: ok }\nendpoints:\n  media.${DOMAIN}: { proxy: denied }\n`,
);
const NO_PROXY = `localhost,.${DOMAIN},${LAN},${PUBLIC}/32,${PUBLIC_V6},${MACHINE},files.${DOMAIN}:8080`;
const ONLY = 'plex.tv,v4.plex.tv,internal,lan,public,machine,plain';

/** What a proxy of the company adds to everything that it says. */
const HEADERS = [
  `Via: 1.1 proxy7.${DOMAIN}:3128 (squid/6.13), 1.0 ${MACHINE}`,
  `Server: Gateway proxy7.${DOMAIN} (${USER})`,
  `X-Cache: MISS from proxy7.${DOMAIN}:3128`,
  `X-Forwarded-Server: ${MACHINE}.${DOMAIN}`,
  `Proxy-Status: proxy7.${DOMAIN}; error=http_request_denied; details="${USER} at ${LAN}"`,
  `Proxy-Authenticate: Basic realm="${COMPANY} (${USER})"`,
  `Proxy-Authenticate: Digest realm="proxy7.${DOMAIN}", nonce="${TOKEN}"`,
  `Set-Cookie: session=${TOKEN}`,
];
const reply = (status: string, ...more: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...HEADERS, ...more, 'Content-Length: 0', '', ''].join('\r\n');

function inspected(_request: IncomingMessage, response: ServerResponse): void {
  for (const header of HEADERS) response.appendHeader(header.split(': ')[0] ?? '', header.split(': ')[1] ?? '');
  response.writeHead(302, {
    location: `http://portal.${DOMAIN}/login?user=${USER}&token=${TOKEN}`,
    'content-type': 'text/html',
  });
  response.end(PUBLIC);
}

const SITUATIONS: readonly (readonly [string, () => Promise<Listening>])[] = [
  ['a proxy that inspects', () => interceptor(createAuthority(`${COMPANY} Inspection CA ${USER}`), inspected)],
  ['a proxy that wants authentication', () => garbageReply(reply('407 Proxy Authentication Required'))],
  ['a proxy that denies', () => garbageReply(reply('403 Forbidden', `X-Squid-Error: ERR_ACCESS_DENIED ${USER}`))],
  ['a proxy that fails', () => garbageReply(reply(`503 ${COMPANY} down`, `X-Squid-Error: ${USER}.${DOMAIN}`))],
  ['something that is no proxy', () => garbageReply(`220 mail.${DOMAIN} ESMTP ${USER} ${LAN}\r\n\r\n`)],
  [
    'a PAC file',
    async () => {
      const proxy = await serve(garbageReply(reply('403 Forbidden')));
      return pacServer(`PROXY proxy9.${DOMAIN}:3128; PROXY ${USER}:${PASSWORD}@127.0.0.1:${proxy.port}; DIRECT`);
    },
  ],
];

const ROWS = [
  ...SITUATIONS.map(([what, start]) => ['--proxy', what, start] as const),
  ...SITUATIONS.slice(0, 2).map(([what, start]) => ['the environment', what, start] as const),
  ...SITUATIONS.slice(0, 2).map(([what, start]) => ['a file', what, start] as const),
];

describe('planted everywhere, and in', () => {
  it.concurrent.each(ROWS)('%s: %s: nothing private in any output', async (place, what, start) => {
    const server = await serve(start());
    const scheme = what === 'a PAC file' ? 'pac+http' : 'http';
    const proxy = `${scheme}://${USER}:${PASSWORD}@127.0.0.1:${server.port}/${what === 'a PAC file' ? 'proxy.pac' : ''}`;
    const other = `http://${USER}:${encodeURIComponent(`${PASSWORD}/@`)}@proxy8.${DOMAIN}:8080`;
    const variables = { https_proxy: proxy, HTTP_PROXY: other, ALL_PROXY: other, no_proxy: NO_PROXY };
    const file = atHome(
      `${place}-${what}.env`.replaceAll(' ', '-'),
      Object.entries(variables)
        .map(([n, v]) => `${n}="${v}"\n`)
        .join(''),
    );
    const source = {
      '--proxy': ['--env-from', 'shell', '--proxy', proxy, '--no-proxy', NO_PROXY],
      'the environment': ['--env-from', 'shell'],
      'a file': ['--env-from', `file:${file}`],
    }[place];
    const outputs = await Promise.all(
      (place === '--proxy' ? ['text', 'json', 'markdown'] : ['json']).map(async (format) => {
        const evidence = join(work.path, `${place}-${what}-${format}.json`.replaceAll(' ', '-'));
        const ran = await run(
          [
            ...(source ?? []),
            '--verbose',
            `--endpoints=${ENDPOINTS}`,
            `--expect=${POLICY}`,
            `--only=${ONLY}`,
            '--timeout=700ms',
            `--format=${format}`,
            `--save-evidence=${evidence}`,
          ],
          {
            env: {
              DEBUG: '*',
              USER,
              LOGNAME: USER,
              HOME: `/home/${USER}`,
              ...(place === 'the environment' ? variables : {}),
            },
          },
        );
        expect(ran).toMatchObject({ code: expect.toSatisfy((code) => [0, 1, 3].includes(code)) });
        return [ran.stdout, ran.stderr, readFileSync(evidence, 'utf8')];
      }),
    );
    const leaks = outputs.flat().flatMap((text) =>
      CANARIES.flatMap((canary) => {
        const at = text.toLowerCase().indexOf(canary.toLowerCase());
        return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + 60)];
      }),
    );
    expect(leaks).toEqual([]);
    expect(outputs.flat().join('')).toContain('plex.tv');
  });
});

describe('nothing private in an error', () => {
  const url = `http://${USER}:${PASSWORD}@proxy.${DOMAIN}:3128`;

  it.concurrent.each<[string, readonly string[]]>([
    ['a proxy in --env-from', ['--env-from', url]],
    ['a proxy in --format', ['--proxy', url, '--format', url]],
    ['a proxy as a host', ['--endpoints', work.file('e1.yaml', `add:\n  - host: ${url}\n`)]],
    ['a proxy as a key', ['--endpoints', work.file('e2.yaml', `add:\n  - host: a.b\n    "${url}": 1\n`)]],
    ['a proxy in a policy', ['--expect', work.file('p1.yaml', `default: { direct: "${url}" }\n`)]],
    ['a proxy in --only', ['--only', url]],
    ['a proxy in --timeout', ['--timeout', url]],
    ['a proxy in evidence', ['--from-evidence', work.file('v1.json', `{ "kind": "${url}" }`)]],
    ['a proxy in broken evidence', ['--from-evidence', work.file('v2.json', `{ "kind": "x" ${url} }`)]],
    ['a proxy in explain', ['explain', url]],
  ])('%s', async (_, args) => {
    const ran = await run(args);
    expect(ran.code).toBe(2);
    expect(ran.stdout + ran.stderr).not.toContain(PASSWORD);
  });
});

it('the raw report keeps names and addresses, and no password', async () => {
  const server = await serve(httpEndpoint());
  const proxy = `http://${USER}:${PASSWORD}@127.0.0.1:${server.port}`;
  const args = [
    '--env-from',
    'shell',
    '--endpoints',
    ENDPOINTS,
    '--only',
    ONLY,
    '--timeout',
    '500ms',
    '--raw',
    '--verbose',
  ];
  const evidence = join(work.path, 'raw.json');
  const ran = await run([...args, '--save-evidence', evidence], {
    env: { https_proxy: proxy, no_proxy: NO_PROXY, DEBUG: '*' },
  });
  expect(ran.stdout).toContain(DOMAIN);
  for (const text of [ran.stdout, ran.stderr, readFileSync(evidence, 'utf8')]) expect(text).not.toContain(PASSWORD);
});
