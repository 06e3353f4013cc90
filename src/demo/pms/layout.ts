import { join } from 'node:path';

/** The paths of a stand-in's files, laid out as in the Debian package, below a directory of its own. */
export interface Layout {
  readonly programs: string;
  readonly server: string;
  readonly scanner: string;
  /** PMS's own client: a program called Plex Media Server too, since PMS makes its requests itself. */
  readonly client: string;
  readonly applicationSupport: string;
  readonly data: string;
  readonly logs: string;
  readonly serverLog: string;
  readonly matcherLog: string;
  readonly adminTokenFile: string;
  readonly preferencesFile: string;
}

export function layoutOf(directory: string): Layout {
  const programs = join(directory, 'usr/lib/plexmediaserver');
  const applicationSupport = join(directory, 'var/lib/plexmediaserver/Library/Application Support');
  const data = join(applicationSupport, 'Plex Media Server');
  const logs = join(data, 'Logs');
  return {
    programs,
    server: join(programs, 'Plex Media Server'),
    scanner: join(programs, 'Plex Media Scanner'),
    client: join(programs, 'client/Plex Media Server'),
    applicationSupport,
    data,
    logs,
    serverLog: join(logs, 'Plex Media Server.log'),
    matcherLog: join(logs, 'Plex Media Scanner Matcher.log'),
    adminTokenFile: join(data, '.LocalAdminToken'),
    preferencesFile: join(data, 'Preferences.xml'),
  };
}
