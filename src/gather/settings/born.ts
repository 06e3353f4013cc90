import { failed, ok, type Gathered, type Settings, type SettingsSource } from '../../core/model/evidence.ts';
import type { Flow } from '../../core/model/traffic.ts';
import type { SecretVariables } from '../../core/values/secret-variables.ts';
import { isPlexProgram } from '../system/processes.ts';
import { masked } from './variables.ts';

/** Processes of PMS that were born while it was watched, run the same program, and were given the same proxy variables. */
export interface BornProcesses {
  readonly program: string | null;
  /** null: they had ended before their environment could be read. */
  readonly variables: SecretVariables | null;
  readonly pids: readonly number[];
}

/** Processes with the same program and the same variables, of which no connection was seen: a few of them stand for all. */
const ALIKE_KEPT = 3;
/** Processes with connections of their own, whose variables matter. */
const CONNECTING_KEPT = 64;

/**
 * Adds to the settings the variables of processes that PMS started while it was watched. Only programs of Plex, and those with
 * connections to the outside, count; other programs need no proxy.
 */
export function withBorn(
  settings: Gathered<Settings>,
  born: readonly BornProcesses[],
  flows: readonly Flow[],
): Gathered<Settings> {
  if (settings.state !== 'ok') return settings;
  const known = new Set(settings.value.sources.map(({ id }) => id));
  const connecting = new Set(flows.flatMap(({ pid, route }) => (route === 'direct' || route === 'proxy' ? [pid] : [])));
  const added = born.flatMap((group) => sourcesOf(group, connecting)).filter(({ id }) => !known.has(id));
  return ok({ ...settings.value, sources: [...settings.value.sources, ...added] });
}

function sourcesOf(
  { program, variables, pids }: BornProcesses,
  connecting: ReadonlySet<number | null>,
): readonly SettingsSource[] {
  const own = pids.filter((pid) => connecting.has(pid));
  if (own.length === 0 && (program === null || !isPlexProgram(program))) return [];
  const source = (pid: number, found: SettingsSource['variables']): SettingsSource => ({
    id: `pid:${pid}`,
    kind: 'child',
    process: program,
    pid,
    variables: found,
  });
  if (variables === null) {
    const [first = 0, ...others] = own.length > 0 ? own : pids;
    return [source(first, failed('ESRCH', unreadWords(program, others.length + 1)))];
  }
  const told = own.length > 0 ? own.slice(0, CONNECTING_KEPT) : pids.slice(0, ALIKE_KEPT);
  const entries = Object.entries(variables.reveal());
  return told.map((pid) =>
    source(pid, ok(masked(entries.map(([name, value]) => ({ name, value, from: `/proc/${pid}/environ` }))))),
  );
}

function unreadWords(program: string | null, count: number): string {
  const name = program ?? 'its program';
  return count === 1
    ? `this process of ${name} ended before its environment could be read`
    : `${count} processes of ${name} ended before their environment could be read`;
}
