import { isVariableName, type Assignment } from './assignment.ts';
import { parseShellAssignments } from './shell-assignments.ts';

/** `plexmediaserver_env="https_proxy=… no_proxy=…"`: what rc.subr(8) of FreeBSD hands to env(1). */
const ENVIRONMENT = /^plex\w*_env$/i;

/** A file of FreeBSD's rc(8), by the knobs that only such a file has. */
export function isRcConf(text: string): boolean {
  return /^\s*\w+_(?:enable|env)\s*=/m.test(text);
}

/** The environment that FreeBSD's rc.conf(5) gives to PMS. */
export function parseRcConf(text: string): readonly Assignment[] {
  const found = parseShellAssignments(text).assignments.filter(({ name }) => ENVIRONMENT.test(name));
  return found.flatMap(({ value, line, column, unresolved }) =>
    value.split(/[ \t\n]+/).flatMap((word) => {
      const equals = word.indexOf('=');
      const name = word.slice(0, Math.max(0, equals));
      return isVariableName(name) ? [{ name, value: word.slice(equals + 1), line, column, unresolved }] : [];
    }),
  );
}
