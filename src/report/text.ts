import stringWidth from 'string-width';
import type { Report } from '../core/report.ts';
import { hanging, LABEL_WIDTH, type Section } from './lines.ts';
import { styleOf, type Mark, type RenderOptions, type Style } from './style.ts';
import { pad, truncate } from './table.ts';
import { attempts, endpoints } from './text-endpoints.ts';
import { askedOfPms, bypassing, everyFlow, everyQuestion, files, pmsLog, unlisted, watched } from './text-observed.ts';
import { minute } from './times.ts';
import {
  adviceOf,
  causesInOrder,
  clientsOf,
  CONDITION_TITLE,
  conditionWords,
  EXIT_MEANING,
  libraryWords,
  pmsFacts,
  problemsOf,
  proxyWords,
  sanitizerWords,
  scanNote,
  STATE_TONE,
  stateWords,
  troubleWords,
  undecidedOf,
  verdictTone,
  verdictWord,
} from './words.ts';

/** The report for a terminal: one line a fact, nothing wider than `options.width`. Ends with a line break. */
export function renderText(report: Report, options: RenderOptions): string {
  const style = styleOf(options);
  const sections: readonly Section[] = [
    header(report, style),
    settings(report, style),
    endpoints(report, style),
    ...(style.verbose ? [attempts(report, style)] : []),
    bypassing(report, style),
    watched(report, style),
    files(report, style),
    ...(style.verbose ? [everyFlow(report, style), everyQuestion(report, style)] : []),
    unlisted(report, style),
    pmsLog(report, style),
    askedOfPms(report, style),
    condition(report, style),
    expectations(report, style),
    findings(report, style),
    whatToDo(report, style),
    closing(report, style),
  ];
  const text = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
  return `${style.plain(text)}\n`;
}

function header({ tool, run }: Report, style: Style): Section {
  const parts = [`${tool.name} ${tool.version}`, run.command, minute(run.startedAt)];
  if (style.verbose) parts.push(run.platform);
  return [
    style.tone('strong', truncate(parts.join(' · '), style.width, style.ellipsis)),
    ...(run.interrupted
      ? hanging(
          `${style.mark('warn')} `,
          'Interrupted: this is what was gathered until then; what is missing says "not tried".',
          style,
        )
      : []),
  ];
}

function settings(report: Report, style: Style): Section {
  const { pms, proxy } = report;
  const labelled = (label: string, text: string): Section => hanging(pad(label, LABEL_WIDTH), text, style);
  return [
    ...labelled('Plex Media Server', pmsFacts(report).join(' · ')),
    ...libraryWords(pms).flatMap((words, i) => labelled(i === 0 ? 'Libraries' : '', words)),
    ...(style.verbose ? troubleWords(pms).flatMap((words, i) => labelled(i === 0 ? 'Not answered' : '', words)) : []),
    ...labelled('Proxy', proxyWords(report)),
    ...(proxy.noProxy === null ? [] : labelled('', `no_proxy ${commaSpaced(proxy.noProxy, style)}`)),
    // Where PMS's own environment was read there is nothing to explain.
    ...(proxy.why !== '' && (style.verbose || proxy.basis !== 'observed') ? labelled('', proxy.why) : []),
    ...(style.verbose ? variables(proxy, labelled) : []),
  ];
}

/** A long list without spaces could not be wrapped; a short one is shown as set. */
function commaSpaced(list: string, style: Style): string {
  return stringWidth(list) <= style.width - LABEL_WIDTH - 9 ? list : list.replace(/,(?=\S)/g, ', ');
}

function variables(proxy: Report['proxy'], labelled: (label: string, text: string) => Section): Section {
  return [
    ...proxy.variables.flatMap(({ name, value, from }, i) =>
      labelled(i === 0 ? 'Variables' : '', `${name}=${value} (${from})`),
    ),
    ...clientsOf(proxy).flatMap(({ ids, words }, i) =>
      labelled(i === 0 ? 'Clients' : '', `${ids.join(', ')}: ${words}`),
    ),
  ];
}

function condition(report: Report, style: Style): Section {
  const { scan } = report;
  const words = conditionWords(report);
  const tone = scan.condition === 'not-found' ? 'good' : scan.condition === 'unknown' ? 'warn' : 'bad';
  const note = scanNote(report);
  const shown = causesInOrder(scan.causes).filter(({ state }) => style.verbose || state !== 'unknown');
  const unknown = scan.causes.filter(({ state }) => state === 'unknown');
  const idWidth = Math.max(0, ...shown.map(({ id }) => id.length));
  return [
    ...headline(CONDITION_TITLE, words, tone, style),
    ...(note === null ? [] : hanging('  ', note, style)),
    ...shown.flatMap(({ id, state, because }) => {
      const lead = `  ${pad(stateWords(state), 10)}  ${pad(id, idWidth)}  `;
      const reasons = because.length === 0 ? [''] : style.verbose ? because : because.slice(0, 3);
      const more = because.length > reasons.length ? ` (and ${because.length - reasons.length} more)` : '';
      return reasons.flatMap((reason, i) =>
        hanging(
          i === 0 ? style.tone(STATE_TONE[state], lead) : ' '.repeat(lead.length),
          i === reasons.length - 1 ? reason + more : reason,
          style,
          lead.length,
        ),
      );
    }),
    ...(style.verbose || unknown.length === 0
      ? []
      : hanging(
          style.tone('dim', '  unknown     '),
          `${unknown.map(({ id }) => id).join(', ')} (--verbose says why)`,
          style,
          14,
        )),
  ];
}

/** Title and result on one line, or on two where the terminal is narrow. */
function headline(title: string, words: string, tone: 'good' | 'bad' | 'warn', style: Style): Section {
  if (stringWidth(`${title}   ${words}`) <= style.width) {
    return [`${style.tone('strong', title)}   ${style.tone(tone, words)}`];
  }
  return [
    ...hanging('', title, style).map((line) => style.tone('strong', line)),
    ...hanging('  ', words, style).map((line) => style.tone(tone, line)),
  ];
}

function expectations({ expectations: expected }: Report, style: Style): Section {
  if (expected === null) return [];
  const { policy, checked, violations } = expected;
  const met =
    violations.length === 0
      ? `all ${checked} expectations met`
      : `${violations.length} of ${checked} expectations not met`;
  return [
    ...headline(`Expected by ${policy}`, met, violations.length === 0 ? 'good' : 'bad', style),
    ...violations.flatMap(({ host, aspect, expected: wanted, actual }) =>
      hanging(`  ${style.mark('bad')} `, `${host}: ${aspect} should be ${wanted}, is ${actual}`, style, 4),
    ),
  ];
}

function findings(report: Report, style: Style): Section {
  const problems = problemsOf(report.findings);
  const undecided = undecidedOf(report.findings);
  const crashed = report.findings.filter(({ verdict }) => verdict === 'crashed');
  const passed = report.findings.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-applicable');
  const shown = style.verbose ? Number.POSITIVE_INFINITY : 3;
  const entry = (mark: Mark, text: string): Section => hanging(`  ${style.mark(mark)} `, text, style, 4);
  const lines = [
    ...problems.flatMap(({ check, verdict: worst, severity, findings: own, consequences }) => [
      ...own
        .slice(0, shown)
        .flatMap((finding) =>
          entry(worst === 'fail' ? 'bad' : severity === 'info' ? 'harmless' : 'warn', `${finding.text}  [${check}]`),
        ),
      ...(own.length > shown ? hanging('    ', `and ${own.length - shown} more of this kind [${check}]`, style) : []),
      ...(consequences.length > 0
        ? hanging(`    ${style.branch} `, `follow from it: ${consequences.join(', ')}`, style)
        : []),
    ]),
    ...crashed.flatMap(({ check, text }) => entry('bad', `${check} crashed, a bug in this tool: ${text}`)),
    ...undecided.flatMap(({ reason, checks }) => {
      const names =
        checks.length > 3 && !style.verbose
          ? `${checks.slice(0, 3).join(', ')} and ${checks.length - 3} more`
          : checks.join(', ');
      return entry('undecided', `not decided: ${names}: ${reason}`);
    }),
    ...(style.verbose
      ? passed.flatMap(({ check, verdict: state, text }) =>
          entry(state === 'pass' ? 'good' : 'harmless', `${text}  [${check}]`),
        )
      : []),
  ];
  return lines.length === 0 ? [] : [style.tone('strong', 'Findings'), ...lines];
}

/** The surest advice comes first; who has followed it runs the tool again. */
const ADVICE_SHOWN = 7;

function whatToDo(report: Report, style: Style): Section {
  const all = adviceOf(report);
  if (all.length === 0) return [];
  const advice = style.verbose ? all : all.slice(0, ADVICE_SHOWN);
  const numberWidth = String(advice.length).length;
  return [
    style.tone('strong', 'What to do'),
    ...advice.flatMap((remedy, i) => hanging(`  ${String(i + 1).padStart(numberWidth)}. `, remedy, style)),
    ...(all.length > advice.length
      ? hanging('  ', `and ${all.length - advice.length} more with --verbose`, style)
      : []),
  ];
}

function closing(report: Report, style: Style): Section {
  const { summary } = report;
  const word = verdictWord(report);
  const meaning = EXIT_MEANING[summary.exitCode] ?? 'see the documentation';
  return [
    ...hanging(
      `${style.tone(verdictTone(report), word)}  `,
      `${summary.because} (exit code ${summary.exitCode}: ${meaning})`,
      style,
      word.length + 2,
    ),
    ...hanging('', sanitizerWords(report), style).map((line) => style.tone('dim', line)),
  ];
}
