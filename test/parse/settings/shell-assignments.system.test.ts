import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseShellAssignments } from '../../../src/parse/settings/shell-assignments.ts';
import { FUZZ } from '../../support/fuzz.ts';

const noShell = existsSync('/bin/sh') && existsSync('/usr/bin/env') ? '' : ' (skipped: no /bin/sh here)';
it.skipIf(noShell !== '')(`finds what a real shell would have set${noShell}`, () => {
  const piece = fc.constantFrom('A=', 'B=', 'x', ' ', '"', "'", '\\', '\n', ';', '#', 'export ', 'A');
  const texts = fc.sample(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    400 * FUZZ,
  );
  const sets = sourced(texts);
  const rows = texts.flatMap((text, at) => {
    const { assignments, problems } = parseShellAssignments(text);
    const theirs = sets[at] ?? null;
    if (problems.length > 0 || theirs === null) return [];
    return [{ text, ours: Object.fromEntries(assignments.map(({ name, value }) => [name, value])), theirs }];
  });
  expect(rows.length).toBeGreaterThan(texts.length / 4);
  expect(rows.filter(({ ours, theirs }) => JSON.stringify(sorted(ours)) !== JSON.stringify(sorted(theirs)))).toEqual(
    [],
  );
});

type Variables = Readonly<Record<string, string>>;

const sorted = (variables: Variables) => Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Set by the shell itself. */
const OWN_VARIABLES = new Set(['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_']);

/** One shell sources each text in a process of its own, and tells its variables and how it ended. No command can be found. */
const SCRIPT = `for text do
  (set -a; eval "$text" >/dev/null; exec /usr/bin/env -0)
  printf '\\001%s\\001' "$?"
done`;

/** The variables after a shell has sourced each text; null where it is not valid shell. */
function sourced(texts: readonly string[]): readonly (Variables | null)[] {
  const output = execFileSync('/bin/sh', ['-c', SCRIPT, 'sh', ...texts], {
    env: { PATH: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const parts = output.split('\u0001');
  return texts.map((_, at) => (parts[2 * at + 1] === '0' ? variablesOf(parts[2 * at] ?? '') : null));
}

function variablesOf(printed: string): Variables {
  const entries = printed.split('\0').flatMap((entry) => {
    const [, name = '', value = ''] = /^([^=]+)=([^]*)$/.exec(entry) ?? [];
    return name === '' || OWN_VARIABLES.has(name) ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}
