import type { Check } from '../core/check.ts';
import { byRank, type ScanCause } from '../core/diagnose/cause.ts';
import { factWords } from '../core/words/facts.ts';
import { ANY_SERVICE } from '../core/words/service.ts';
import { fill, outline } from '../core/words/message.ts';
import { nearest } from '../core/values/nearest.ts';
import { OUTCOME, OUTCOMES, progressOf, type Outcome } from '../core/model/outcome.ts';
import { WORDS } from './view/legend.ts';
import { REASON_CODES, REASONS, type ReasonCode } from '../core/model/reason.ts';

/** `text` is plain, at most 100 columns wide, and ends with a line feed. */
export type Explanation =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly suggestions: readonly string[] };

interface Topics {
  readonly checks: readonly Check[];
  readonly causes: readonly ScanCause[];
}

const WIDTH = 100;

/** Explains a check, a cause of the scan condition or an outcome by its id; null lists all of them. */
export function explain(topic: string | null, { checks, causes }: Topics): Explanation {
  if (topic === null) return { ok: true, text: listAll({ checks, causes }) };
  const id = topic.trim().toLowerCase();
  const texts = [
    ...(id === 'legend' ? [legend()] : []),
    ...WORDS.filter(({ words }) => words.some((word) => word.toLowerCase() === id)).map(
      ({ words, meaning }) => `${words[0]}\n${wrap(meaning)}\n`,
    ),
    ...causes.filter((cause) => cause.id === id).map((cause) => explainCause(cause, checks)),
    ...checks.filter((check) => check.id === id).map(explainCheck),
    ...OUTCOMES.filter((outcome) => outcome === id || OUTCOME[outcome].words.toLowerCase() === id).map(explainOutcome),
    ...REASON_CODES.filter((code) => code === topic.trim()).map(explainReason),
  ];
  // A name may be a cause, a check and an outcome at once: `proxy-unreachable` is all three.
  if (texts.length > 0) return { ok: true, text: texts.join('\n') };
  const words = WORDS.flatMap((each) => each.words);
  const topics = ['legend', ...[...byRank(causes), ...checks].map((unit) => unit.id), ...OUTCOMES, ...words];
  return { ok: false, suggestions: suggestionsFor(id, topics) };
}

/** Every word and mark of a report that is no id. */
function legend(): string {
  const width = Math.max(...WORDS.map(({ words: [first] }) => first.length));
  const rows = WORDS.map(({ words: [first], meaning }) =>
    wrap(`  ${first.padEnd(width)}  ${meaning}`, ' '.repeat(width + 4)),
  );
  return ['The words of a report', ...rows, '', 'Outcomes, causes and checks: pms-proxy-doctor explain', ''].join('\n');
}

function suggestionsFor(id: string, topics: readonly string[]): readonly string[] {
  const alike = nearest(id, topics);
  const holding = topics.filter((topic) => id.length >= 3 && topic.includes(id));
  return [...new Set([...(alike === null ? [] : [alike]), ...holding])].slice(0, 5);
}

function explainCause({ id, title, why, judgedBy, remedy }: ScanCause, checks: readonly Check[]): string {
  const speaking = checks.filter((check) => check.causes.includes(id)).map((check) => check.id);
  return sections(`${id} · cause of the scan condition`, title, [
    ['Why it matters', why],
    ['How it is judged', judgedBy],
    ['What to do', fill(remedy, { hosts: 'the needed endpoints', settings: ANY_SERVICE.settings })],
    ...(speaking.length > 0 ? [['Checks that speak about it', speaking.join(', ')] as const] : []),
  ]);
}

function explainCheck(check: Check): string {
  const says = Object.entries(check.messages).map(([id, text]) => `  ${id}: ${named(text)}`);
  const judgedFrom = `From ${factWords(check.needs)}. It says one of:`;
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
      : `It speaks for its route when no other attempt on it gave ${further.map((other) => OUTCOME[other].words).join(', ')}.`;
  const { words, meaning, advice } = OUTCOME[outcome];
  return sections(`${outcome} · outcome of an attempt · in the report: ${words}`, capitalised(meaning), [
    ['How it is judged', rank],
    ['What to do', advice],
  ]);
}

function explainReason(code: ReasonCode): string {
  return sections(`${code} · why something is missing, was not tried, or ended`, capitalised(REASONS[code]), []);
}

function listAll({ checks, causes }: Topics): string {
  const width = Math.max(...[...OUTCOMES, ...[...causes, ...checks].map(({ id }) => id)].map(({ length }) => length));
  const row = (id: string, words: string): string => wrap(`  ${id.padEnd(width)}  ${words}`, ' '.repeat(width + 4));
  const sorted = checks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    'Causes of "An internet connection is required to scan library files"',
    ...byRank(causes).map(({ id, title }) => row(id, title)),
    '',
    'Checks',
    ...sorted.map(({ id, title }) => row(id, title)),
    '',
    'Outcomes of an attempt',
    ...OUTCOMES.map((outcome) => row(outcome, OUTCOME[outcome].meaning)),
    '',
  ].join('\n');
}

function sections(heading: string, title: string, parts: readonly (readonly [string, string])[]): string {
  const bodies = parts.flatMap(([name, text]) => ['', name, ...text.split('\n').map((line) => wrap(`  ${line}`))]);
  return `${[heading, wrap(`${title}.`), ...bodies].join('\n')}\n`;
}

/** `{host}` becomes `<host>`: what stands there is different each time. */
function named(template: string): string {
  return outline(template, (name) => `<${name}>`);
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
