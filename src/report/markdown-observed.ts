import type { Report } from '../core/report.ts';
import { configuredBypasses, noneObserved, observedBypasses } from './bypass-words.ts';
import { code, codeBlock, escape } from './markdown-syntax.ts';
import { experimentSteps, notAskedWords } from './experiment-words.ts';
import { pmsLogWords, type LogFact } from './pms-log-words.ts';
import { fileWords, flowWords, questionWords, unlistedWords, watchedWords } from './traffic-words.ts';

/** The parts of the forum post that tell what was seen of PMS. */

/** A forum takes posts of a limited length; without --verbose so many bypasses are told. */
const BYPASSES_SHOWN = 20;

export function bypassing(report: Report, verbose: boolean): readonly string[] {
  const count = report.bypasses.filter(({ kind }) => kind === 'observed').length;
  const observed = observedBypasses(report, verbose ? count : BYPASSES_SHOWN);
  return [
    ...observed.flatMap(({ who, target, what, how, asked, askedBy, notes }) => [
      `- ${code(who)} to ${code(target)}: ${escape(what)}`,
      `  - ${escape(how)}`,
      `  - ${escape(askedBy === '' ? asked : `${asked} (${askedBy})`)}`,
      ...notes.map((note) => `  - ${escape(note)}`),
    ]),
    ...(count > observed.length ? [`- and ${count - observed.length} more with --verbose`] : []),
    ...configuredBypasses(report.bypasses).map(
      ({ dialects, targets }) =>
        `- configured to go direct${dialects.length === 0 ? '' : ` in ${dialects.map(code).join(', ')}`}: ${targets.map(code).join(', ')}`,
    ),
    ...(count === 0 ? noneObserved(report).map((line) => `- ${escape(line)}`) : []),
  ];
}

export function watched({ traffic, run }: Report, verbose: boolean): readonly string[] {
  if (traffic === null) return [];
  const { watchers, notes } = watchedWords(traffic, run.inputs ?? [], verbose);
  return [
    ...watchers.flatMap(({ name, facts, problems, misses }) => [
      `- **${escape(name)}**: ${facts.map(escape).join(' · ')}`,
      ...problems.map((problem) => `  - ⚠️ ${escape(problem)}`),
      ...(verbose ? misses.map((miss) => `  - can miss: ${escape(miss)}`) : []),
    ]),
    ...notes.map((note) => `- ${escape(note)}`),
  ];
}

const FILE_MARKS = { bad: '❌', warn: '⚠️' } as const;

export function files({ run: { inputs = [] } }: Report, verbose: boolean): readonly string[] {
  const { read, troubled } = fileWords(inputs, verbose);
  return [
    ...read.map((line) => `- ${escape(line)}`),
    ...troubled.map(
      ({ name, text, mark }) => `- ${mark === undefined ? '' : `${FILE_MARKS[mark]} `}${code(name)}: ${escape(text)}`,
    ),
  ];
}

export function unlisted({ traffic }: Report, verbose: boolean): readonly string[] {
  const { yaml, notes } = unlistedWords(traffic, verbose);
  if (yaml.length === 0) return [];
  return [
    'Ready for a file for `--endpoints`:',
    '',
    ...codeBlock('yaml', yaml),
    ...notes.flatMap((note) => ['', escape(note)]),
  ];
}

export function pmsLog({ pmsLog: log }: Report, verbose: boolean): readonly string[] {
  if (log === null) return [];
  const { source, facts, failures, notes } = pmsLogWords(log, verbose);
  const mark = { bad: '❌ ', warn: '⚠️ ' } as const;
  const line = (fact: LogFact, label: string): string =>
    `- ${fact.mark === undefined ? '' : mark[fact.mark]}${label}: ${escape(fact.text)}`;
  return [
    escape(source),
    '',
    ...facts.map((fact) => line(fact, escape(fact.label))),
    ...failures.map((fact) => line(fact, `failed: ${code(fact.label)}`)),
    ...notes.map((note) => `- ${escape(note)}`),
  ];
}

/** The steps of an experiment, or why none was taken. */
export function askedOfPms(report: Report): readonly string[] {
  const reason = notAskedWords(report);
  const mark = { good: '', harmless: '', bad: '❌ ', warn: '⚠️ ', undecided: '❔ ' } as const;
  return [
    ...(reason === null ? [] : [`- ⚠️ nothing: ${escape(reason)}`]),
    ...experimentSteps(report).map(
      (step) => `- ${step.mark === undefined ? '' : mark[step.mark]}**${escape(step.label)}**: ${escape(step.text)}`,
    ),
  ];
}

export function everyFlow({ traffic }: Report): readonly string[] {
  return (traffic?.flows ?? []).map((flow) => `- ${escape(flowWords(flow))}`);
}

export function everyQuestion({ traffic }: Report): readonly string[] {
  return (traffic?.questions ?? []).map((question) => `- ${escape(questionWords(question))}`);
}
