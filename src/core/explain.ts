import { CAUSE_WORDS, OUTCOME_ADVICE } from './causes.ts';
import { fill, type Check } from './check.ts';
import { nearest } from './nearest.ts';
import { OUTCOMES, OUTCOME_MEANING, progressOf, type Outcome } from './outcome.ts';
import { CAUSES, type CauseId } from './report.ts';

/** `text` is plain, at most 100 columns wide, and ends with a line feed. */
export type Explanation =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly suggestions: readonly string[] };

const WIDTH = 100;

/** Explains a check, a cause of the scan condition or an outcome by its id; null lists all of them. */
export function explain(topic: string | null, checks: readonly Check[]): Explanation {
  if (topic === null) return { ok: true, text: listAll(checks) };
  const id = topic.trim().toLowerCase();
  const texts = [
    ...CAUSES.filter((cause) => cause === id).map((cause) => explainCause(cause, checks)),
    ...checks.filter((check) => check.id === id).map(explainCheck),
    ...OUTCOMES.filter((outcome) => outcome === id).map(explainOutcome),
  ];
  // A name may be a cause, a check and an outcome at once: `proxy-unreachable` is all three.
  if (texts.length > 0) return { ok: true, text: texts.join('\n') };
  return { ok: false, suggestions: suggestionsFor(id, [...CAUSES, ...checks.map((check) => check.id), ...OUTCOMES]) };
}

function suggestionsFor(id: string, topics: readonly string[]): readonly string[] {
  const alike = nearest(id, topics);
  const holding = topics.filter((topic) => id.length >= 3 && topic.includes(id));
  return [...new Set([...(alike === null ? [] : [alike]), ...holding])].slice(0, 5);
}

function explainCause(id: CauseId, checks: readonly Check[]): string {
  const { title, why, judgedBy, remedy } = CAUSE_WORDS[id];
  const speaking = checks.filter((check) => check.causes.includes(id)).map((check) => check.id);
  return sections(`${id} · cause of the scan condition`, title, [
    ['Why it matters', why],
    ['How it is judged', judgedBy],
    ['What to do', fill(remedy, { hosts: 'the needed endpoints' })],
    ...(speaking.length > 0 ? [['Checks that speak about it', speaking.join(', ')] as const] : []),
  ]);
}

function explainCheck(check: Check): string {
  const says = Object.entries(check.messages).map(([id, text]) => `  ${id}: ${named(text)}`);
  const judgedFrom = `From ${check.needs.join(', ')}. It says one of:`;
  return sections(`${check.id} · check · severity ${check.severity}`, check.title, [
    ['Why it matters', check.why],
    ['How it is judged', [judgedFrom, ...says].join('\n')],
    ['What to do', named(check.remedy)],
  ]);
}

function explainOutcome(outcome: Outcome): string {
  const further = OUTCOMES.filter((other) => progressOf(other) > progressOf(outcome));
  const rank =
    further.length === 0
      ? 'It speaks for its route whatever the other attempts gave.'
      : `It speaks for its route when no other attempt on it gave ${further.join(', ')}.`;
  return sections(`${outcome} · outcome of an attempt`, capitalised(OUTCOME_MEANING[outcome]), [
    ['How it is judged', rank],
    ['What to do', OUTCOME_ADVICE[outcome]],
  ]);
}

function listAll(checks: readonly Check[]): string {
  const width = Math.max(...[...CAUSES, ...OUTCOMES, ...checks.map(({ id }) => id)].map(({ length }) => length));
  const row = (id: string, words: string): string => wrap(`  ${id.padEnd(width)}  ${words}`, ' '.repeat(width + 4));
  const sorted = checks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    'Causes of "An internet connection is required to scan library files"',
    ...CAUSES.map((id) => row(id, CAUSE_WORDS[id].title)),
    '',
    'Checks',
    ...sorted.map(({ id, title }) => row(id, title)),
    '',
    'Outcomes of an attempt',
    ...OUTCOMES.map((outcome) => row(outcome, OUTCOME_MEANING[outcome])),
    '',
  ].join('\n');
}

function sections(heading: string, title: string, parts: readonly (readonly [string, string])[]): string {
  const bodies = parts.flatMap(([name, text]) => ['', name, ...text.split('\n').map((line) => wrap(`  ${line}`))]);
  return `${[heading, wrap(`${title}.`), ...bodies].join('\n')}\n`;
}

/** `{host}` becomes `<host>`: what stands there is different each time. */
function named(template: string): string {
  return template.replace(/\{(\w+)\}/g, '<$1>');
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Breaks at spaces; continuation lines start at `indent`, or two columns right of the first. */
function wrap(text: string, indent = `${/^ */.exec(text)?.[0] ?? ''}${text.startsWith('    ') ? '  ' : ''}`): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) /)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word.trimStart()}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
