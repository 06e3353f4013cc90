import { valueOf, type Pms, type Settings, type SettingsSource } from '../model/evidence.ts';
import type { Facts } from '../judge/facts.ts';

/** The service manager of PMS: where PMS gets its environment, and how it is started anew. Advice names both. */
export interface Service {
  /** The place of PMS's variables, for people: `a drop-in of plexmediaserver.service`. */
  readonly settings: string;
  /** Commands that make the service manager read changed settings, and commands that start PMS anew; empty: not known. */
  readonly reload: readonly string[];
  readonly restart: readonly string[];
}

/** For advice that is given without a PMS at hand. */
export const ANY_SERVICE: Service = {
  settings: 'the place where PMS gets its environment (a drop-in of its unit, or the options of its container)',
  reload: [],
  restart: [],
};

type Running = Pick<Pms, 'unit' | 'container' | 'exe'>;

/** The first that applies runs PMS: a container may hold a unit, and packages of NAS systems may have units that do not read drop-ins. */
const MANAGERS: readonly ((pms: Running) => Service | null)[] = [
  inContainer,
  asSnap,
  onSynology,
  onQnap,
  onFreeBsd,
  onMacOs,
  asUnit,
];

export function serviceOf({ pms, settings }: Pick<Facts, 'pms' | 'settings'>): Service {
  const running = valueOf(pms);
  const managed = running === null ? null : (MANAGERS.flatMap((manager) => manager(running) ?? [])[0] ?? null);
  const file = declaringFile(valueOf(settings));
  const service = managed ?? ANY_SERVICE;
  return file === null ? service : { ...service, settings: file };
}

/** The file whose variables would reach PMS: the one that the user named, else the one that declares them. */
function declaringFile(settings: Settings | null): string | null {
  if (settings === null) return null;
  const declaring = settings.sources.filter(({ kind }) => DECLARING.has(kind));
  const used = declaring.find(({ id }) => id === settings.used);
  const files = [...(used === undefined ? [] : [used]), ...declaring].flatMap(filesOf);
  return files[0] ?? null;
}

const DECLARING: ReadonlySet<SettingsSource['kind']> = new Set(['unit', 'default-file', 'file'] as const);

/** `/etc/x.conf:2 (…)` gives the file. */
function filesOf({ variables }: SettingsSource): readonly string[] {
  return (valueOf(variables) ?? []).flatMap(({ from }) => /^(\/[^:]+?)(?::\d+)?(?: \(.*\))?$/.exec(from)?.[1] ?? []);
}

/** Its engine is not known, so no command starts it anew. */
function inContainer({ container, unit }: Running): Service | null {
  return container === null || unit !== null
    ? null
    : {
        settings: `the environment of container ${container} (its compose file, manifest or docker run; a container that exists keeps its own)`,
        reload: [],
        restart: [],
      };
}

function asSnap({ unit }: Running): Service | null {
  const snap = /^snap\.([a-z0-9-]+)\./.exec(unit ?? '')?.[1];
  return snap === undefined || unit === null
    ? null
    : {
        settings: `a drop-in of ${unit} (sudo systemctl edit ${unit})`,
        reload: RELOAD,
        restart: [`sudo snap restart ${snap}`],
      };
}

const RELOAD = ['sudo systemctl daemon-reload'];

function asUnit({ unit }: Running): Service | null {
  if (unit === null) return null;
  // Commands are copied into a shell, so an unusual name gives none. A pseudonym stays a place to fill in.
  const isUsual = /^(?:[\w@.-]|<unit-\d+>)+\.service$/.test(unit);
  return {
    settings: isUsual ? `a drop-in of ${unit} (sudo systemctl edit ${unit})` : `a drop-in of ${unit}`,
    reload: RELOAD,
    restart: isUsual ? [`sudo systemctl restart ${unit}`] : [],
  };
}

function onSynology({ exe }: Running): Service | null {
  return /^\/(?:var\/packages\/PlexMediaServer|volume\d+\/@appstore\/PlexMediaServer)\//.test(exe ?? '')
    ? {
        settings:
          'the start script of the package, /var/packages/PlexMediaServer/scripts/start-stop-status (an update replaces it)',
        reload: [],
        restart: ['sudo synopkg restart PlexMediaServer'],
      }
    : null;
}

function onQnap({ exe }: Running): Service | null {
  const folder = /^\/share\/[\w-]+\/\.qpkg\/PlexMediaServer(?=\/)/.exec(exe ?? '')?.[0];
  return folder === undefined
    ? null
    : {
        settings: `the start script of the package, ${folder}/plex.sh (an update replaces it)`,
        reload: [],
        restart: [`${folder}/plex.sh restart`],
      };
}

/** rc.subr(8): NAME_env is the environment of a service. The second package is for subscribers. */
function onFreeBsd({ exe }: Running): Service | null {
  const name = /^\/usr\/local\/share\/(plexmediaserver(?:-plexpass)?)\//.exec(exe ?? '')?.[1];
  if (name === undefined) return null;
  const service = name.replace('-', '_');
  return { settings: `${service}_env in /etc/rc.conf`, reload: [], restart: [`sudo service ${service} restart`] };
}

function onMacOs({ exe }: Running): Service | null {
  return exe?.includes('/Plex Media Server.app/') === true
    ? {
        settings: 'EnvironmentVariables of the plist in ~/Library/LaunchAgents that starts it, or launchctl setenv',
        reload: [],
        restart: [],
      }
    : null;
}
