import type { Assignment, Problem } from './assignment.ts';
import { parseEnviron } from './environ.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import { isPlist, parsePlistEnvironment } from './launchd-plist.ts';
import { isRcConf, parseRcConf } from './rc-conf.ts';
import { isManifest, parseManifest, type ManifestService } from './service-manifest.ts';

/** The kind of a file given by `--env-from file:PATH`, with its content. */
export type SettingsFile =
  | { readonly kind: 'assignments'; readonly syntax: 'environ' | 'list'; readonly assignments: readonly Assignment[] }
  /** A unit or a drop-in, or lines pasted from one: to be read with `unitEnvironment`. */
  | { readonly kind: 'unit'; readonly text: string; readonly section: 'Service' | 'pasted' }
  /** Services of a compose file or containers of Kubernetes manifests. */
  | { readonly kind: 'services'; readonly services: readonly ManifestService[] }
  | { readonly kind: 'malformed'; readonly problem: Problem };

const UNIT_LINE = /^\s*(?:\[[A-Z]\w*\]\s*$|(?:Default|Pass|Unset)?Environment(?:File)?\s*=)/m;

/**
 * Tells apart, by content, a NUL-separated dump of an environ, a systemd unit or drop-in, a compose file or Kubernetes
 * manifest, a launchd property list, FreeBSD's rc.conf, and a list of `NAME=value` or
 * `export NAME=value` lines. A list is read strictly: the user named this file, so a line that is not understood must not
 * be skipped silently.
 */
export function parseSettingsFile(bytes: Uint8Array): SettingsFile {
  if (new TextDecoder().decode(bytes.subarray(0, 6)) === 'bplist')
    return malformed({
      line: 1,
      column: 1,
      rule: 'a binary property list: convert it with plutil -convert xml1 -o FILE',
    });
  if (bytes.includes(0)) {
    const environ = parseEnviron(bytes);
    return environ.kind === 'complete'
      ? { kind: 'assignments', syntax: 'environ', assignments: environ.assignments }
      : malformed({ line: 1, column: 1, rule: 'a dump of an environ must start with NAME=value' });
  }
  const text = new TextDecoder().decode(bytes);
  if (isPlist(text)) return listOf(parsePlistEnvironment(text));
  if (isManifest(text)) {
    const manifest = parseManifest(text);
    return manifest.ok ? { kind: 'services', services: manifest.services } : malformed(manifest.problem);
  }
  if (isRcConf(text)) return listOf(parseRcConf(text));
  if (UNIT_LINE.test(text)) return { kind: 'unit', text, section: /^\s*\[/m.test(text) ? 'Service' : 'pasted' };
  const { assignments, problems } = parseEnvironmentFile(text, { allowExport: true });
  const problem = problems[0] ?? shellSyntax(assignments);
  if (problem) return malformed(problem);
  return listOf(assignments);
}

/** The last one of a name stands. */
function listOf(assignments: readonly Assignment[]): SettingsFile {
  const last = new Map(assignments.map((assignment) => [assignment.name, assignment]));
  return { kind: 'assignments', syntax: 'list', assignments: [...last.values()] };
}

/** `http_proxy=…; export http_proxy` would be taken for a value by every reader but a shell. */
function shellSyntax(assignments: readonly Assignment[]): Problem | null {
  const mixed = assignments.find(({ value }) => /;\s*export\b/.test(value));
  return mixed
    ? { line: mixed.line, column: mixed.column, rule: 'one assignment a line: write "export NAME=value"' }
    : null;
}

function malformed(problem: Problem): SettingsFile {
  return { kind: 'malformed', problem };
}
