import type { Assignment } from './assignment.ts';

export type EnvironResult =
  | { readonly kind: 'complete'; readonly assignments: readonly Assignment[] }
  /** The memory is there but does not start with an assignment: the process wrote its title over its environment. */
  | { readonly kind: 'overwritten' };

/**
 * Reads `/proc/PID/environ`: NUL-terminated `NAME=value` entries as they were at exec. When a name occurs twice,
 * the first one stands, as for getenv(3). Entries without a name are skipped.
 *
 * Programs that rewrite their argv (setproctitle) go on into the environment behind it: what follows is then what is left
 * of it, and a variable that is not there proves nothing.
 */
export function parseEnviron(bytes: Uint8Array): EnvironResult {
  const text = new TextDecoder().decode(bytes);
  if (text === '') return { kind: 'complete', assignments: [] };
  const entries = text.split('\0');
  if (!/^[^=]+=/.test(entries[0] ?? '')) return { kind: 'overwritten' };
  const assignments = new Map<string, Assignment>();
  for (const [index, entry] of entries.entries()) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(0, equals));
    if (name === '' || assignments.has(name)) continue;
    assignments.set(name, { name, value: entry.slice(equals + 1), line: index + 1, column: 1, unresolved: null });
  }
  return { kind: 'complete', assignments: [...assignments.values()] };
}
