import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Authority } from '../../../src/demo/outside/certificates.ts';
import { plainServer, secureServer } from '../../../src/demo/outside/endpoints.ts';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';

/** One request that a small PMS was sent. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly token: string | null;
  /** `X-Plex-Client-Identifier`. */
  readonly client: string | null;
}

export interface SmallPms extends Listening {
  readonly base: string;
  readonly asked: readonly Asked[];
}

/** By the path of the call: the document, below the name of its root. */
export type PmsAnswers = Readonly<Record<string, Readonly<Record<string, object>> | undefined>>;

/** Its answers, and their conditions. */
export interface PmsPlan {
  readonly token?: string | null;
  readonly answers?: PmsAnswers;
  /** XML whatever is accepted. */
  readonly xmlOnly?: boolean;
  /** The calls that it knows, where versions differ: the documented ones, or those of older clients. */
  readonly calls?: 'documented' | 'older';
}

/** Where the libraries stand in the answers, by whatever call they are asked for. */
export const SECTIONS = '/library/sections/all';

const MACHINE_ID = 'f'.repeat(40);
const IDENTITY = {
  MediaContainer: { size: 0, claimed: true, machineIdentifier: MACHINE_ID, version: '1.41.8.9834-aaaabbbbc' },
};

/** Answers of a PMS that is well, with everything in them that must not be kept. */
export const ANSWERS: PmsAnswers = {
  '/identity': IDENTITY,
  '/': {
    MediaContainer: {
      friendlyName: 'Jdoecanary Laptop',
      machineIdentifier: MACHINE_ID,
      myPlex: true,
      myPlexUsername: 'jdoecanary@acmewidgets.example',
      myPlexSigninState: 'ok',
      myPlexMappingState: 'mapped',
      version: '1.41.8.9834-aaaabbbbc',
    },
  },
  '/myplex/account': {
    MyPlex: {
      authToken: 'AccountTokenCanary01',
      username: 'jdoecanary@acmewidgets.example',
      signInState: 'ok',
      mappingState: 'failed',
      mappingError: 'unreachable',
      publicAddress: '93.184.216.34',
      privateAddress: '192.168.77.31',
    },
  },
  '/media/providers': {
    MediaContainer: {
      MediaProvider: [
        { identifier: 'com.plexapp.plugins.library', title: 'Jdoecanary Library' },
        { identifier: 'tv.plex.provider.metadata', online: 0 },
      ],
    },
  },
  [SECTIONS]: {
    MediaContainer: {
      Directory: [
        {
          key: '4',
          type: 'artist',
          title: 'Jdoecanary Music',
          agent: 'tv.plex.agents.music',
          scanner: 'Plex Music',
          refreshing: false,
          Location: [
            { id: 1, path: '/srv/jdoecanary/music' },
            { id: 2, path: '/srv/more' },
          ],
        },
        {
          key: '1',
          type: 'movie',
          title: 'Home',
          agent: 'com.plexapp.agents.none',
          scanner: 'Plex Video Files Scanner',
        },
      ],
    },
  },
  '/activities': {
    MediaContainer: {
      Activity: [
        {
          uuid: '0b8ef6b4-28d0-4a2c-a1ae-2e1b6c1d8c3f',
          type: 'library.update.section',
          cancellable: true,
          title: 'Scanning Jdoecanary Music',
          progress: 40,
          Context: { librarySectionID: '4' },
        },
      ],
    },
  },
};

function xmlOf(name: string, value: Readonly<Record<string, unknown>>): string {
  const attributes: string[] = [];
  const children: string[] = [];
  for (const [key, inner] of Object.entries(value)) {
    for (const each of Array.isArray(inner) ? inner : [inner]) {
      if (typeof each === 'object' && each !== null) children.push(xmlOf(key, { ...each }));
      else
        attributes.push(
          ` ${key}="${String(each).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`,
        );
    }
  }
  return `<${name}${attributes.join('')}>${children.join('\n')}</${name}>`;
}

function page(status: number, title: string): string {
  return `<html><head><title>${title}</title></head><body><h1>${status} ${title}</h1></body></html>`;
}

const DONE = ['PUT /log', 'PUT /updater/check', 'POST /media/providers/refresh', 'DELETE /library/sections/4/refresh'];

function askedBy({ method = '', url = '', headers }: IncomingMessage): Asked {
  const header = (name: string): string | null => [headers[name] ?? null].flat()[0] ?? null;
  return { method, url, token: header('x-plex-token'), client: header('x-plex-client-identifier') };
}

function handlerFor(
  { token = null, answers = ANSWERS, xmlOnly = false, calls = 'documented' }: PmsPlan,
  asked: Asked[],
): RequestListener {
  const [sections, refresh] = calls === 'documented' ? [SECTIONS, 'POST'] : ['/library/sections', 'GET'];
  return (request, response) => {
    asked.push(askedBy(request));
    const sent = request.headers['x-plex-token'];
    const path = (request.url ?? '').split('?')[0] ?? '';
    response.setHeader('x-plex-protocol', '1.0');
    if (token !== null && path !== '/identity' && sent !== token) return html(response, 401, 'Unauthorized');
    if (DONE.includes(`${request.method} ${path}`)) return void response.end();
    if (path.endsWith('/refresh') && request.method !== refresh) return html(response, 405, 'Method Not Allowed');
    if (path === '/library/sections/4/refresh')
      return void response.setHeader('x-plex-activity', '0b8ef6b4-28d0-4a2c-a1ae-2e1b6c1d8c3f').end();
    if (path === '/library/sections/5/refresh')
      return html(response, 503, 'Server cannot refresh a music library when not signed in');
    if ([SECTIONS, '/library/sections'].includes(path) && path !== sections) return html(response, 404, 'Not Found');
    const answer = answers[path === sections ? SECTIONS : path];
    if (answer === undefined) return html(response, 404, 'Not Found');
    const [[name, root] = ['', {}]] = Object.entries(answer);
    const text = xmlOnly
      ? `<?xml version="1.0" encoding="UTF-8"?>\n${xmlOf(name, { ...root })}`
      : JSON.stringify(answer);
    response.setHeader('content-type', xmlOnly ? 'text/xml;charset=utf-8' : 'application/json').end(text);
  };
}

function html(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(page(status, title));
}

async function named(server: Promise<Listening>, scheme: 'http' | 'https', asked: readonly Asked[]): Promise<SmallPms> {
  const listening = await server;
  return { ...listening, base: `${scheme}://127.0.0.1:${listening.port}`, asked };
}

/** A PMS that is well. */
export function smallPms(plan: PmsPlan = {}, port = 0): Promise<SmallPms> {
  const asked: Asked[] = [];
  return named(listen(plainServer(handlerFor(plan, asked)), '127.0.0.1', port), 'http', asked);
}

/** The same behind TLS, with a certificate for these names. */
export function securePms(authority: Authority, names: readonly string[], plan: PmsPlan = {}): Promise<SmallPms> {
  const asked: Asked[] = [];
  return named(listen(secureServer(authority, names, handlerFor(plan, asked))), 'https', asked);
}

function recording(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<SmallPms> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(askedBy(request));
    handler(request, response);
  };
  return named(listen(plainServer(listener)), 'http', asked);
}

/** Is well as far as /identity, and then behaves as `handler` does. */
export function pmsThen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<SmallPms> {
  return recording((request, response) => {
    if (request.url === '/identity') response.end(JSON.stringify(IDENTITY));
    else handler(request, response);
  });
}

/** Servers that are no good PMS, by name. */
export const MISBEHAVIOURS = {
  hangs: () => recording(() => undefined),
  speaksNoHttp: () =>
    named(listen(createServer((socket) => void socket.write('220 mail.example ESMTP\r\n'))), 'http', []),
  closesAtOnce: () => named(listen(createServer((socket) => void socket.destroy())), 'http', []),
  anotherServer: () =>
    recording((_request, response) => void response.end('<!doctype html><html><title>NAS</title></html>')),
  anotherApi: () =>
    recording((_request, response) => void response.setHeader('content-type', 'application/json').end('{"ok":true}')),
  asksForPassword: () =>
    recording(
      (_request, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="router"' }).end(),
    ),
  redirects: (to: string) => recording((_request, response) => void response.writeHead(302, { location: to }).end()),
  startingUp: () =>
    recording(
      (_request, response) => void response.writeHead(503, { 'x-plex-protocol': '1.0' }).end(page(503, 'Maintenance')),
    ),
  diesMidway: () =>
    pmsThen((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write('{"MediaContainer":', () => response.destroy());
    }),
  saysGarbage: () => pmsThen((_request, response) => void response.end('\u0000\u0001garbage')),
  hangsLater: () => pmsThen(() => undefined),
  pours: () =>
    pmsThen((_request, response) => {
      const chunk = Buffer.alloc(65_536, ' ');
      const pump = (): void => {
        while (response.writable && response.write(chunk));
      };
      response.on('drain', pump);
      pump();
    }),
  gzipBomb: () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    return pmsThen((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
  },
} as const;

/** A thousand libraries, each with a title and a folder. */
export function thousandSections(): PmsAnswers {
  const Directory = Array.from({ length: 1_000 }, (_, i) => ({
    key: String(i + 1),
    type: i % 2 === 0 ? 'artist' : 'movie',
    title: `Library ${i}`,
    agent: i % 2 === 0 ? 'tv.plex.agents.music' : 'tv.plex.agents.movie',
    scanner: 'Plex Music',
    Location: [{ id: i, path: `/srv/media/library ${i}` }],
  }));
  return { ...ANSWERS, [SECTIONS]: { MediaContainer: { size: 1_000, Directory } } };
}

/** The hash in the plex.direct name of an invented PMS. */
export const PLEX_DIRECT_ID = '0123456789abcdef0123456789abcdef';
