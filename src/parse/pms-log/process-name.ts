/** `Plex Media Server.1.log`, `Plex Media Scanner Matcher.log`, `com.plexapp.agents.imdb.log.2`, also gzipped. */
const FILE_NAME = /^(.+?)(?:\.\d{1,3})?\.log(?:\.\d{1,3})?(?:\.gz)?$/i;
const PROGRAM = /^Plex(?: [A-Z][A-Za-z]{1,20}){1,5}$/;
/** `com.plexapp.system`, and what others write: `org.example.plexapp.agents.name`. */
const PLUGIN = /^(?=.{1,120}$)(?:tv\.plex|org\.musicbrainz|(?:[a-z\d-]+\.){1,4}plexapp)(?:\.[A-Za-z\d_-]+)+$/;

/** The process by the name of its log file; null for a name that PMS does not use, which is not kept. */
export function processOfFile(name: string): string | null {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).slice(0, 200);
  const stem = FILE_NAME.exec(base)?.[1] ?? '';
  return PROGRAM.test(stem) || PLUGIN.test(stem) ? stem : null;
}
