import type { CauseId } from '../../../src/core/model/cause-ids.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { State } from './state.ts';

/** The tool's statements about a state, beside the truth. */
export interface Played {
  readonly state: State;
  readonly report: Report;
}

export function stateOf(report: Report, id: CauseId): string {
  return report.scan.causes.find((cause) => cause.id === id)?.state ?? 'missing';
}

/** Every statement of the report that is not true. A proof that it did not find is no false statement: those are counted. */
export function falseStatements({ report, state: { fails, atWork, exitCode } }: Played): readonly string[] {
  const known: ReadonlySet<string> = new Set(atWork);
  const { condition } = report.scan;
  const claims = condition === 'reproduced' || condition === 'would-occur';
  return [
    ...report.scan.causes
      .filter(({ id, state }) => state === 'confirmed' && !known.has(id))
      .map(({ id }) => `${id} is confirmed and not at work`),
    ...atWork.filter((id) => stateOf(report, id) === 'ruled-out').map((id) => `${id} is ruled out and at work`),
    ...(fails && report.summary.exitCode === 0 ? ['exit 0 although scans fail'] : []),
    ...(fails && condition === 'not-found' ? ['the condition is "not found" although scans fail'] : []),
    ...(!fails && claims ? [`the condition is "${condition}" although no scan fails for the network`] : []),
    ...(exitCode !== undefined && report.summary.exitCode !== exitCode
      ? [`exit ${report.summary.exitCode} instead of ${exitCode}: ${report.summary.because}`]
      : []),
  ];
}

/** The causes that the evidence proves, and the report does not call confirmed. */
export function unproven({ report, state: { evident = [] } }: Played): readonly CauseId[] {
  return evident.filter((id) => stateOf(report, id) !== 'confirmed');
}

interface Tally {
  states: number;
  falsely: number;
  evident: number;
  confirmed: number;
}

/** The share of the causes that the evidence proves which are confirmed; of none, all are. */
export function confirmedShare(played: readonly Played[]): number {
  const { evident, confirmed } = tally(played);
  return evident === 0 ? 1 : confirmed / evident;
}

function tally(played: readonly Played[]): Tally {
  const evident = played.flatMap(({ state }) => state.evident ?? []).length;
  return {
    states: played.length,
    falsely: played.filter((one) => falseStatements(one).length > 0).length,
    evident,
    confirmed: evident - played.flatMap(unproven).length,
  };
}

/** One row a command, and one a cause. */
export function tableOf(played: readonly Played[]): string {
  const commands = [...new Set(played.map(({ state }) => state.command))].toSorted();
  const causes = [...new Set(played.flatMap(({ state }) => state.atWork))].toSorted();
  const rows = [
    ...commands.map((command) => row(command, tally(played.filter(({ state }) => state.command === command)))),
    row('all commands', tally(played)),
    '',
    ['cause'.padEnd(24), 'at work', 'proven', 'confirmed', 'likely', 'possible', 'unknown', 'ruled out'].join('  '),
    ...causes.map((id) => causeRow(id, played)),
  ];
  return [['command'.padEnd(24), 'states', 'false', 'proven', 'confirmed'].join('  '), ...rows].join('\n');
}

function row(name: string, { states, falsely, evident, confirmed }: Tally): string {
  const share = evident === 0 ? '' : `  ${((100 * confirmed) / evident).toFixed(1)} %`;
  return `${[name.padEnd(24), cell(states, 6), cell(falsely, 5), cell(evident, 6), cell(confirmed, 9)].join('  ')}${share}`;
}

function causeRow(id: CauseId, played: readonly Played[]): string {
  const own = played.filter(({ state }) => state.atWork.includes(id));
  const proven = own.filter(({ state }) => state.evident?.includes(id) === true).length;
  const count = (wanted: string): number => own.filter(({ report }) => stateOf(report, id) === wanted).length;
  return [
    id.padEnd(24),
    cell(own.length, 7),
    cell(proven, 6),
    cell(count('confirmed'), 9),
    cell(count('likely'), 6),
    cell(count('possible'), 8),
    cell(count('unknown'), 7),
    cell(count('ruled-out'), 9),
  ].join('  ');
}

function cell(value: number, width: number): string {
  return String(value).padStart(width);
}
