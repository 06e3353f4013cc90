import { mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/demo/outside/certificates.ts';
import type { Listening } from '../../src/demo/system/listening.ts';
import { httpEndpoint } from '../support/servers/endpoint.ts';
import { garbageReply } from '../support/servers/misbehaving-proxy.ts';
import { pacServer } from '../support/servers/pac-server.ts';
import { leaks } from '../support/plant.ts';
import { interceptor } from '../support/servers/proxy.ts';
import { run } from '../support/system/built.ts';
import { Workshop } from '../support/system/workshop.ts';

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
const FOLDER = 'takeover-canary';
const CANARIES = [PASSWORD, TOKEN, 'acmewidgets', USER, PUBLIC, PUBLIC_V6, LAN, MACHINE, FOLDER];

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

/** A file in a folder of the user. */
function atHome(name: string, text: string): string {
  const path = `home/${USER}/${FOLDER}/${name}`;
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

/** The headers that a proxy of the company adds to each answer. */
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

/** The formats hold the same fields, which canary-matrix tests one by one: all formats for one proxy are enough. */
function formatsFor(place: string, what: string): readonly string[] {
  if (place !== '--proxy') return ['json'];
  return what === SITUATIONS[0]?.[0]
    ? ['text', 'json', 'markdown', 'junit', 'tap', 'prometheus', 'gelf']
    : ['text', 'json'];
}

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
      formatsFor(place, what).map(async (format) => {
        const evidence = join(work.path, `${place}-${what}-${format}.json`.replaceAll(' ', '-'));
        const ran = await run(
          [
            ...(source ?? []),
            '--verbose',
            `--endpoints=${ENDPOINTS}`,
            `--expect=${POLICY}`,
            `--only=${ONLY}`,
            '--timeout=5s',
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
    expect(outputs.flat().flatMap((text) => leaks(text, CANARIES))).toEqual([]);
    expect(outputs.flat().join('')).toContain('plex.tv');
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
