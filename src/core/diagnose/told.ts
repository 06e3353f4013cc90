import { usedSource } from '../judge/settings/judged-settings.ts';
import { namesProxy } from '../judge/settings/settings-compare.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { SettingsSource } from '../model/evidence.ts';
import type { Route } from '../model/outcome.ts';
import { namingOf, type Naming } from '../judge/proxy-names.ts';
import { SCANNER } from '../model/experiment.ts';
import { CURLE_COULDNT_RESOLVE_HOST, type PmsRequest } from '../model/traffic.ts';
import type { SeenScene } from './seen-scene.ts';

/** A process, as far as it is known. */
interface Teller {
  readonly process: string | null;
  readonly pid: number | null;
}

/**
 * The route on which its own variables send a process of PMS for an endpoint. `unknown`: it ended before they could be read, and so did all
 * others of its program, so PMS may have started it without any. For a process without a source, the variables of PMS stand in.
 */
export function toldRoute({ process, pid }: Teller, endpoint: Endpoint | null, scene: SeenScene): Route | 'unknown' {
  const own = ownSources({ process, pid }, scene);
  if (own.length === 0) return routeOfPms(endpoint, scene);
  const told = new Set(own.flatMap(({ variables }) => (variables.state === 'ok' ? [namesProxy(variables.value)] : [])));
  if (told.size !== 1) return 'unknown';
  return told.has(true) ? routeOfPms(endpoint, scene) : 'direct';
}

/** Its own source; where that could not be read, or the process is not known, those of its program. */
function ownSources({ process, pid }: Teller, { settings }: SeenScene): readonly SettingsSource[] {
  const sources = settings?.sources ?? [];
  const itself = sources.find((source) => source.pid !== null && source.pid === pid);
  if (itself?.variables.state === 'ok') return [itself];
  const alike = sources.filter((source) => source.pid !== null && source.process === process);
  // One source stands for all processes of a program that could not be read.
  const mayBeUnread = alike.some(({ variables }) => variables.state !== 'ok');
  return itself === undefined && pid !== null && !mayBeUnread ? [] : alike;
}

/** Where PMS's settings are not known, nothing says that they send it direct. */
function routeOfPms(endpoint: Endpoint | null, { routing, settings }: SeenScene): Route {
  const decision = endpoint === null ? undefined : routing?.decisions[endpoint.id];
  const isKnown = settings !== null && usedSource(settings)?.variables.state === 'ok';
  if (!isKnown || routing === null || decision === undefined) return 'proxy';
  // A client that refuses the value sends nothing, so what goes direct disobeys.
  const { route, error } = decision[routing.pmsDialect];
  return error === null ? route : 'proxy';
}

/**
 * Whether the name that was not resolved is surely the endpoint's: curl has a code for it, and a client without a named proxy asks for no other.
 * Timeouts and the words of Python are the same for both.
 */
export function isOwnName({ log, curl, route = null }: PmsRequest, endpoint: Endpoint, scene: SeenScene): boolean {
  if (route === 'direct' || curl === CURLE_COULDNT_RESOLVE_HOST) return true;
  const { namesProxy: isNamed } = namingFor(endpoint, scene);
  if (isNamed === null) return false;
  return !isNamed || toldRoute({ process: programOfLog(log), pid: null }, endpoint, scene) === 'direct';
}

function namingFor({ id }: Endpoint, { routing }: SeenScene): Naming {
  return namingOf(routing?.decisions[id]?.[routing.pmsDialect] ?? null);
}

/** `Plex Media Scanner Matcher` is the log of a `Plex Media Scanner`. */
export function programOfLog(log: string): string {
  return log.startsWith(SCANNER) ? SCANNER : log;
}

/** A client of SOCKS 4 or 5 asks for names and goes through its proxy all the same. */
export function leavesNames(endpoint: Endpoint, scene: SeenScene): boolean {
  return namingFor(endpoint, scene).leavesNames;
}
