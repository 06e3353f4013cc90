import type { Case, Suite } from './view/cases.ts';

/** Workflow commands of GitHub Actions, which its runner reads on standard output and standard error alike. */

/** GitHub shows no more annotations of one kind for a step. */
const MOST = 10;

/** One annotation for each failed case, and one for each warning; those that GitHub would drop are counted. */
export function annotationsOf(suites: readonly Suite[]): readonly string[] {
  const cases = suites.flatMap(({ name, cases: own }) =>
    own.map(({ name: each, status, message }) => ({
      title: `${name}: ${each}`,
      message,
      // A run without an answer fails its step, so the step says why.
      status: name === 'run' && status === 'skipped' ? 'warned' : status,
    })),
  );
  const of = (...statuses: readonly Case['status'][]): typeof cases =>
    cases.filter(({ status }) => statuses.includes(status));
  return [...annotations('error', of('failed', 'crashed')), ...annotations('warning', of('warned'))];
}

function annotations(
  kind: 'error' | 'warning',
  cases: readonly { readonly title: string; readonly message: string }[],
): readonly string[] {
  const shown = cases.length > MOST ? cases.slice(0, MOST - 1) : cases;
  const rest = cases.length - shown.length;
  return [
    ...shown.map(({ title, message }) => command(kind, title, message)),
    ...(rest === 0 ? [] : [command(kind, `${rest} more`, 'the step summary has all of them')]),
  ];
}

function command(kind: string, title: string, message: string): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
