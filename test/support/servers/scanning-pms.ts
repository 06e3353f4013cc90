import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Library, LibraryNeed } from '../../../src/core/model/pms-status.ts';
import { parseBase } from '../../../src/gather/pms/api/base.ts';
import { PmsClient } from '../../../src/gather/pms/api/client.ts';
import { pmsThen, type SmallPms } from './pms-server.ts';

/** How the small PMS takes a request to scan; a function decides at each request, by how often the library was asked for. */
export type Taking =
  | { readonly kind: 'refuse'; readonly status: number; readonly body?: string }
  /** Takes it; an activity with or without an id in the answer is listed for this time, or until it is cancelled. */
  | { readonly kind: 'take'; readonly forMs: number; readonly tellsActivity?: boolean }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'garbage' };

export interface ScanningPlan {
  readonly scans?: Readonly<Record<string, (time: number) => Taking>>;
  /** Replaces the list of activities. */
  readonly activities?: (response: ServerResponse) => void;
}

const ACTIVITY = '0b8ef6b4-28d0-4a2c-a1ae-2e1b6c1d8c3f';

/** A PMS that scans, refuses or dies as it is told. Everything else it is asked succeeds. */
export function scanningPms({ scans = {}, activities }: ScanningPlan): Promise<SmallPms> {
  const running = new Map<string, number>();
  const times = new Map<string, number>();
  return pmsThen((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const section = /^\/library\/sections\/(.+)\/refresh$/.exec(path)?.[1];
    if (path === '/activities') {
      if (activities !== undefined) return activities(response);
      return void response.end(JSON.stringify({ MediaContainer: { Activity: listed(running) } }));
    }
    if (section === undefined) return void response.end();
    if (request.method === 'DELETE') {
      running.delete(section);
      return void response.end();
    }
    const time = (times.get(section) ?? 0) + 1;
    times.set(section, time);
    take(scans[section]?.(time) ?? { kind: 'take', forMs: 0 }, section, { request, response, running });
  });
}

function listed(running: ReadonlyMap<string, number>): readonly unknown[] {
  const on = [...running].filter(([, untilMs]) => performance.now() < untilMs);
  return on.map(([librarySectionID]) => ({
    uuid: ACTIVITY,
    type: 'library.update.section',
    Context: { librarySectionID },
  }));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly running: Map<string, number>;
}

function take(taking: Taking, section: string, { request, response, running }: Exchange): void {
  switch (taking.kind) {
    case 'refuse':
      return void response.writeHead(taking.status, { 'content-type': 'text/html' }).end(taking.body ?? '');
    case 'take':
      running.set(section, performance.now() + taking.forMs);
      if (taking.tellsActivity === true) response.setHeader('x-plex-activity', ACTIVITY);
      return void response.end();
    case 'hang':
      return;
    case 'cut':
      return void request.socket.destroy();
    case 'garbage':
      return void request.socket.end('220 mail.example ESMTP\r\n');
  }
}

export function clientOf(server: SmallPms, timeoutMs: number, signal = new AbortController().signal): PmsClient {
  const parsed = parseBase(server.base);
  if (!parsed.ok) throw new Error(parsed.problem);
  return new PmsClient({ base: parsed.base, token: null, timeoutMs, signal });
}

/** The requests besides those that change nothing. */
export function requestsOf({ asked }: SmallPms): readonly string[] {
  return asked
    .filter(({ url }) => url !== '/identity' && url !== '/activities')
    .map(({ method, url }) => `${method} ${url}`);
}

const AGENTS: Readonly<Record<LibraryNeed, string>> = {
  provider: 'tv.plex.agents.music',
  'custom-provider': 'tv.plex.agents.custom.example',
  'plug-ins': 'com.plexapp.agents.imdb',
  nothing: 'tv.plex.agents.none',
  unknown: 'other',
};

export function aLibrary(id: string, needs: LibraryNeed = 'provider', more: Partial<Library> = {}): Library {
  return { id, type: 'artist', agent: AGENTS[needs], scanner: 'Plex Music', needs, locations: 1, ...more };
}
