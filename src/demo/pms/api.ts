import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { element, errorPage, jsonOf, mediaContainer, xmlOf, type Element } from './answer.ts';
import type { Cloud } from './cloud.ts';
import { librariesOf, type Library, type PmsStandInConfig } from './config.ts';
import type { Identity } from './files.ts';
import { LEVELS, type PmsLog } from './log.ts';
import { readBody } from './body.ts';
import { misbehaves } from './misbehaviour.ts';
import type { Refreshed, Scans } from './scans.ts';
import { PMS_PORT } from '../../core/values/pms-port.ts';

export interface ApiOptions {
  readonly config: () => PmsStandInConfig;
  readonly identity: Identity;
  readonly cloud: Cloud;
  readonly scans: Scans;
  readonly log: PmsLog;
}

/** The parts of an answer. */
type Answer =
  | { readonly kind: 'document'; readonly root: Element }
  | { readonly kind: 'empty'; readonly activity?: string | null }
  | { readonly kind: 'error'; readonly status: number; readonly sentence?: string | null };

interface Call {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly request: IncomingMessage;
}

const EMPTY: Answer = { kind: 'empty' };
const NOT_FOUND: Answer = { kind: 'error', status: 404 };
/** The stand-in's name for itself in every answer. */
const SERVER = 'stand-in of pms-proxy-doctor, not Plex';

/** PMS's HTTP API, as far as a client that looks at libraries and starts scans needs it. */
export class Api {
  readonly #options: ApiOptions;
  #requests = 0;
  #live = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  server(): Server {
    return createServer((request, response) => void this.#serve(request, response));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    this.#requests += 1;
    this.#live += 1;
    const number = this.#requests.toString(16);
    const client = `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? 0}`;
    response.setHeader('Server', SERVER);
    response.once('close', () => (this.#live -= 1));
    if (misbehaves(this.#options.config().misbehaviour, request, response)) return;
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const shown = `${request.method ?? ''} ${loggedUrl(url)} (${this.#live} live) #${number}`;
    this.#options.log.write('DEBUG', `Request: [${client} (Loopback)] ${shown}`);
    const call: Call = { method: request.method ?? '', path: url.pathname, parameters: url.searchParams, request };
    const answer = this.#mayAsk(call) ? await this.#answer(call) : ({ kind: 'error', status: 401 } as const);
    const reply = replyOf(answer, wantsJson(request));
    const tookMs = Math.round(performance.now() - startedAt);
    const end = `${tookMs}ms ${Buffer.byteLength(reply.body)} bytes`;
    // Written before the answer is sent, so that a client with the answer finds the line.
    this.#options.log.write('DEBUG', `Completed: [${client}] ${reply.status} ${shown} ${end}`);
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
  }

  /** Every client may ask which server this is. An unclaimed server trusts its own machine. */
  #mayAsk({ path, parameters, request }: Call): boolean {
    const { identity, config } = this.#options;
    if (path === '/identity' || !config().claimed) return true;
    const token = request.headers['x-plex-token'] ?? parameters.get('X-Plex-Token');
    return token !== null && [identity.adminToken, identity.onlineToken].includes(String(token));
  }

  async #answer(call: Call): Promise<Answer> {
    const generation = generationOf(call);
    const { calls } = this.#options.config();
    if (generation !== null && calls !== 'both' && calls !== generation) return NOT_FOUND;
    switch (`${call.method} ${call.path}`) {
      case 'GET /identity':
        return this.#identity();
      case 'GET /':
        return { kind: 'document', root: mediaContainer(this.#serverAttributes(), []) };
      case 'GET /myplex/account':
        return this.#account();
      case 'GET /media/providers':
        return this.#providers();
      case 'GET /media/providers/metadata':
        return this.#customProviders();
      case 'GET /library/sections':
      case 'GET /library/sections/all':
        return this.#sections();
      case 'GET /activities':
        return { kind: 'document', root: mediaContainer({}, this.#options.scans.activities()) };
      case 'PUT /log':
        return this.#writeMarker(call.parameters);
      case 'POST /log':
        return this.#writeMarkers(call.request);
      case 'PUT /updater/check':
        void this.#options.cloud.checkForUpdates();
        return EMPTY;
      case 'POST /media/providers/refresh':
        await this.#options.cloud.refreshProviders();
        return EMPTY;
      case 'POST /library/sections/refresh':
      case 'GET /library/sections/all/refresh':
        return answerTo(await this.#options.scans.refreshAll());
      default:
        return this.#answerAboutOne(call);
    }
  }

  async #answerAboutOne({ method, path, parameters }: Call): Promise<Answer> {
    const { scans } = this.#options;
    const section = /^\/library\/sections\/(\d{1,9})\/refresh$/.exec(path)?.[1];
    const activity = /^\/activities\/([\da-f-]{36})$/.exec(path)?.[1];
    if (section !== undefined && (method === 'GET' || method === 'POST'))
      return answerTo(await scans.refresh(section, parameters.get('path')));
    if (section !== undefined && method === 'DELETE') {
      scans.cancel(section);
      return EMPTY;
    }
    if (activity !== undefined && method === 'DELETE') return scans.cancelActivity(activity) ? EMPTY : NOT_FOUND;
    return NOT_FOUND;
  }

  #identity(): Answer {
    const { version, claimed } = this.#options.config();
    const { machineIdentifier } = this.#options.identity;
    return { kind: 'document', root: element('MediaContainer', { size: 0, claimed, machineIdentifier, version }) };
  }

  #serverAttributes(): Element['attributes'] {
    const { config, identity, cloud } = this.#options;
    return {
      allowSync: true,
      friendlyName: 'stand-in of pms-proxy-doctor',
      livetv: 7,
      machineIdentifier: identity.machineIdentifier,
      myPlex: config().claimed,
      myPlexMappingState: cloud.signedIn ? 'mapped' : 'unknown',
      myPlexSigninState: cloud.signedIn ? 'ok' : 'none',
      myPlexSubscription: false,
      ...(config().claimed ? { myPlexUsername: 'stand-in@example.com' } : {}),
      platform: 'Linux',
      platformVersion: 'stand-in',
      pluginHost: true,
      transcoderActiveVideoSessions: 0,
      version: config().version,
    };
  }

  #account(): Answer {
    const { cloud, config } = this.#options;
    const root = element('MyPlex', {
      ...(config().claimed ? { username: 'stand-in@example.com' } : {}),
      mappingState: cloud.signedIn ? 'mapped' : 'unknown',
      mappingError: '',
      signInState: cloud.signedIn ? 'ok' : 'none',
      publicAddress: cloud.signedIn ? '192.0.2.10' : '',
      publicPort: cloud.signedIn ? PMS_PORT : 0,
      privateAddress: '198.51.100.10',
      privatePort: PMS_PORT,
      subscriptionActive: false,
      subscriptionState: 'Unknown',
    });
    return { kind: 'document', root };
  }

  /** A cloud provider leaves the list while it is offline. This is an inference: PMS's behaviour is not documented. */
  #providers(): Answer {
    const provider = (identifier: string, title: string, protocols: string): Element =>
      element('MediaProvider', { identifier, title, types: 'video,audio,photo', protocols });
    const providers = [
      provider('com.plexapp.plugins.library', 'Library', 'stream,download'),
      ...(this.#options.cloud.providerOnline ? [provider('tv.plex.provider.metadata', 'Metadata', 'metadata')] : []),
    ];
    return { kind: 'document', root: mediaContainer(this.#serverAttributes(), providers) };
  }

  #customProviders(): Answer {
    const { customProviders } = this.#options.config();
    if (customProviders === null) return NOT_FOUND;
    const providers = customProviders.map(({ identifier, uri, online }, index) =>
      element('MetadataAgentProvider', {
        id: index + 1,
        identifier,
        title: identifier,
        uri,
        agentType: 'primary',
        online,
      }),
    );
    return { kind: 'document', root: mediaContainer({}, providers) };
  }

  #sections(): Answer {
    const libraries = librariesOf(this.#options.config());
    const directories = libraries.map((library) => sectionOf(library, this.#options.scans.isScanning(library.id)));
    return { kind: 'document', root: mediaContainer({ allowSync: false, title1: 'Plex Library' }, directories) };
  }

  #writeMarker(parameters: URLSearchParams): Answer {
    const level = LEVELS[Number(parameters.get('level') ?? '3')];
    const message = parameters.get('message');
    if (level === undefined || message === null) return { kind: 'error', status: 400 };
    this.#options.log.write(level, `[${parameters.get('source') ?? ''}] ${message}`);
    return EMPTY;
  }

  /** One set of parameters a line. */
  async #writeMarkers(request: IncomingMessage): Promise<Answer> {
    const lines = (await readBody(request)).split('\n').filter((line) => line.trim() !== '');
    const answers = lines.map((line) => this.#writeMarker(new URLSearchParams(line.trim())));
    return answers.find(({ kind }) => kind === 'error') ?? EMPTY;
  }
}

/** Which generation of clients makes a call; null: all of them do. */
function generationOf({ method, path }: Call): 'documented' | 'older' | null {
  if (path === '/library/sections/all') return 'documented';
  if (path === '/library/sections') return 'older';
  if (!path.startsWith('/library/sections/') || !path.endsWith('/refresh') || method === 'DELETE') return null;
  return method === 'POST' ? 'documented' : 'older';
}

function answerTo(refreshed: Refreshed): Answer {
  switch (refreshed.kind) {
    case 'taken':
      return { kind: 'empty', activity: refreshed.activity };
    case 'unknown':
      return NOT_FOUND;
    case 'refused':
      return { kind: 'error', status: refreshed.status, sentence: refreshed.sentence };
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

function replyOf(answer: Answer, asJson: boolean): Reply {
  const [type, body] = bodyOf(answer, asJson);
  const headers = {
    'X-Plex-Protocol': '1.0',
    'Cache-Control': 'no-cache',
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  };
  const activity = answer.kind === 'empty' ? (answer.activity ?? null) : null;
  return {
    status: answer.kind === 'error' ? answer.status : 200,
    headers: activity === null ? headers : { ...headers, 'X-Plex-Activity': activity },
    body,
  };
}

function bodyOf(answer: Answer, asJson: boolean): readonly [type: string, body: string] {
  switch (answer.kind) {
    case 'document':
      return asJson ? ['application/json', jsonOf(answer.root)] : ['text/xml;charset=utf-8', xmlOf(answer.root)];
    case 'empty':
      return ['text/plain', ''];
    case 'error':
      return ['text/html', errorPage(answer.status, answer.sentence)];
  }
}

function wantsJson(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('application/json');
}

/** PMS masks tokens in its log. */
function loggedUrl({ pathname, search }: URL): string {
  return pathname + search.replace(/(X-Plex-Token=)[^&]*/g, '$1xxxxxxxxxxxxxxxxxxxx');
}

const SCANNERS: Readonly<Record<Library['type'], string>> = {
  artist: 'Plex Music',
  movie: 'Plex Movie',
  show: 'Plex TV Series',
  photo: 'Plex Photo Scanner',
};

function sectionOf({ id, type, agent, locations }: Library, refreshing: boolean): Element {
  return element(
    'Directory',
    {
      allowSync: true,
      key: id,
      type,
      title: `Library ${id}`,
      agent,
      scanner: SCANNERS[type],
      language: 'en-US',
      uuid: `00000000-0000-4000-8000-${id.padStart(12, '0')}`,
      refreshing,
      scannedAt: 1_760_000_000,
      hidden: 0,
    },
    locations.map((path, index) => element('Location', { id: index + 1, path })),
  );
}
