import stringWidth from 'string-width';
import type { Report } from '../core/report.ts';
import { configuredBypasses, noneObserved, observedBypasses, type BypassWords } from './bypass-words.ts';
import { ASKED_TITLE, experimentSteps, notAskedWords } from './experiment-words.ts';
import { hanging, labelled, type Labelled, type Section } from './lines.ts';
import { pmsLogWords } from './pms-log-words.ts';
import type { Style } from './style.ts';
import { pad } from './table.ts';
import { fileWords, flowWords, questionWords, unlistedWords, watchedWords } from './traffic-words.ts';

/** The parts of the text report that tell what was seen of PMS. */

/** Without --verbose so many bypasses are told. */
const BYPASSES_SHOWN = 12;
/** Targets of one configured bypass that are named. */
const TARGETS_SHOWN = 4;
const GAP = '   ';

export function bypassing(report: Report, style: Style): Section {
  const count = report.bypasses.filter(({ kind }) => kind === 'observed').length;
  const observed = observedBypasses(report, style.verbose ? count : BYPASSES_SHOWN);
  const shown = style.verbose ? Number.POSITIVE_INFINITY : TARGETS_SHOWN;
  return [
    style.tone('strong', 'Bypassing the proxy'),
    ...drawBypasses(observed, style),
    ...(count > observed.length ? hanging('  ', `and ${count - observed.length} more with --verbose`, style) : []),
    ...configuredBypasses(report.bypasses).flatMap(({ dialects, targets }) => {
      const more = targets.length > shown ? ` and ${targets.length - shown} more` : '';
      const clients = dialects.length === 0 ? '' : ` in ${dialects.join(', ')}`;
      return hanging('  ', `configured to go direct${clients}: ${targets.slice(0, shown).join(', ')}${more}`, style);
    }),
    ...(count === 0 ? noneObserved(report).flatMap((line) => hanging('  ', line, style)) : []),
  ];
}

function drawBypasses(bypasses: readonly BypassWords[], style: Style): Section {
  const rows = bypasses.map((words) => ({ words, lead: `${words.who} → ${words.target}` }));
  const widest = (of: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => stringWidth(of(row))));
  const leadWidth = widest(({ lead }) => lead);
  const whatWidth = widest(({ words }) =>
    stringWidth(words.what) > stringWidth(words.asked) ? words.what : words.asked,
  );
  const howWidth = widest(({ words }) =>
    stringWidth(words.how) > stringWidth(words.askedBy) ? words.how : words.askedBy,
  );
  const isWide = 2 + leadWidth + whatWidth + howWidth + 2 * GAP.length <= style.width;
  return rows.flatMap(({ words, lead }) => [
    ...(isWide
      ? columns([lead, leadWidth], [words.what, whatWidth], words.how, words.asked, words.askedBy)
      : stacked(words, lead, style)),
    ...words.notes.flatMap((note) => hanging('    ', note, style)),
  ]);
}

/** Two lines of three columns: who and where, what became of it, how it is known. */
function columns(
  [lead, leadWidth]: readonly [string, number],
  [what, whatWidth]: readonly [string, number],
  how: string,
  asked: string,
  askedBy: string,
): Section {
  return [
    `  ${pad(lead, leadWidth)}${GAP}${pad(what, whatWidth)}${GAP}${how}`.trimEnd(),
    `  ${' '.repeat(leadWidth)}${GAP}${pad(asked, whatWidth)}${GAP}${askedBy}`.trimEnd(),
  ];
}

function stacked({ what, how, asked, askedBy }: BypassWords, lead: string, style: Style): Section {
  const first = `  ${lead}${GAP}${what}`;
  const fits = stringWidth(first) <= style.width;
  const source = askedBy === '' ? '' : ` (${askedBy})`;
  return [
    ...(fits ? [first] : [...hanging('  ', lead, style), ...hanging('    ', what, style)]),
    ...hanging('    ', `${how} · ${asked}${source}`, style),
  ];
}

export function watched({ traffic, run }: Report, style: Style): Section {
  if (traffic === null) return [];
  const { watchers, notes } = watchedWords(traffic, run.inputs ?? [], style.verbose);
  return [
    style.tone('strong', 'What was watched'),
    ...labelled(
      watchers.flatMap(({ name, facts, problems, misses }): readonly Labelled[] => [
        { label: name, text: facts.join(' · ') },
        ...problems.map((text) => ({ label: '', text, mark: 'warn' as const })),
        ...(style.verbose ? misses.map((miss) => ({ label: '', text: `can miss: ${miss}` })) : []),
      ]),
      style,
    ),
    ...notes.flatMap((note) => hanging('    ', note, style)),
  ];
}

/** The files that `read` was given: in short what was read, one by one what was not. */
export function files({ run: { inputs = [] } }: Report, style: Style): Section {
  if (inputs.length === 0) return [];
  const { read, troubled } = fileWords(inputs, style.verbose);
  return [
    style.tone('strong', 'Files'),
    ...read.flatMap((line) => hanging('    ', line, style)),
    ...labelled(
      troubled.map(({ name, ...fact }) => ({ label: name, ...fact })),
      style,
    ),
  ];
}

export function unlisted({ traffic }: Report, style: Style): Section {
  const { yaml, notes } = unlistedWords(traffic, style.verbose);
  if (yaml.length === 0) return [];
  return [
    style.tone('strong', 'Not in the catalogue') + ' (ready for a file for --endpoints)',
    ...yaml.flatMap((line) => yamlLine(line, style)),
    ...notes.flatMap((note) => hanging('  ', note, style)),
  ];
}

/** A line that is too long gives its comment a line of its own: broken elsewhere it would be no YAML any more. */
function yamlLine(line: string, style: Style): Section {
  const indented = `  ${line}`;
  if (stringWidth(indented) <= style.width) return [indented];
  const [entry = '', comment = ''] = line.split(/ +# /);
  return [
    `  ${entry}`,
    ...hanging('      # ', comment, style).map((each, i) => (i === 0 ? each : each.replace(/^ {8}/, '      # '))),
  ];
}

export function pmsLog({ pmsLog: log }: Report, style: Style): Section {
  if (log === null) return [];
  const { source, facts, failures, notes } = pmsLogWords(log, style.verbose);
  return [
    style.tone('strong', "PMS's own log"),
    ...hanging('  ', source, style),
    ...labelled(facts, style),
    ...(failures.length === 0 ? [] : ['  failed requests', ...labelled(failures, style)]),
    ...notes.flatMap((note) => hanging('  ', note, style)),
  ];
}

/** The steps of an experiment, or why none was taken. */
export function askedOfPms(report: Report, style: Style): Section {
  const reason = notAskedWords(report);
  const steps = experimentSteps(report);
  if (reason === null && steps.length === 0) return [];
  return [
    style.tone('strong', ASKED_TITLE),
    ...(reason === null ? [] : hanging(`  ${style.mark('warn')} `, `nothing: ${reason}`, style, 4)),
    ...labelled(steps, style),
  ];
}

/** --verbose: one entry for each flow. */
export function everyFlow({ traffic }: Report, style: Style): Section {
  return entries('Every connection that was seen', (traffic?.flows ?? []).map(flowWords), style);
}

/** --verbose: one entry for each question. */
export function everyQuestion({ traffic }: Report, style: Style): Section {
  return entries('Every DNS question that was seen', (traffic?.questions ?? []).map(questionWords), style);
}

function entries(title: string, texts: readonly string[], style: Style): Section {
  if (texts.length === 0) return [];
  return [style.tone('strong', title), ...texts.flatMap((text) => hanging('  ', text, style, 4))];
}
