import { problemsOf, type Problem } from '../../core/verdict/problems.ts';
import { groupBy } from '../../core/values/group.ts';
import type { Finding, Report } from '../../core/model/report.ts';
import {
  isBrief,
  list,
  section,
  text,
  value,
  values,
  type Item,
  type Mark,
  type Section,
  type ViewOptions,
} from '../blocks/blocks.ts';
import { counted, listed } from '../blocks/times.ts';

/** The results of the checks: problems with their consequences, crashes and undecided checks; passed ones with --verbose. */
export function findings({ findings: all }: Report, options: ViewOptions): readonly Section[] {
  const problems = problemsOf(all);
  const isOf = (...verdicts: readonly Finding['verdict'][]): readonly Finding[] =>
    all.filter(({ verdict }) => verdicts.includes(verdict));
  const undecided = [...groupBy(isOf('inconclusive'), (finding) => finding.text).entries()].map(([reason, own]) => ({
    reason,
    checks: [...new Set(own.map(({ check }) => check))],
  }));
  const passed = options.verbose ? isOf('pass', 'not-applicable') : [];
  return section({
    title: 'Findings',
    gist: [
      counted(problems.filter(({ verdict }) => verdict === 'fail').length, 'failure'),
      counted(problems.filter(({ verdict }) => verdict === 'warn').length, 'warning'),
      ...(undecided.length === 0 ? [] : [`${undecided.flatMap(({ checks }) => checks).length} not decided`]),
    ].join(', '),
    place: 'folded',
    blocks: list([
      ...problems.flatMap((problem) => problemItems(problem, options)),
      ...isOf('crashed').map((each): Item => ({
        mark: 'bad',
        text: text`${value(each.check)} crashed, a bug in this tool: ${each.text}`,
      })),
      ...undecided.map((each) => undecidedItem(each, options)),
      ...passed.map((each): Item => ({ mark: each.verdict === 'pass' ? 'good' : 'harmless', text: named(each) })),
    ]),
  });
}

function named({ text: words, check }: Finding): Item['text'] {
  return text`${words} [${value(check)}]`;
}

/** Findings of one kind that a brief report lists. */
const FINDINGS_SHOWN = 3;

function problemItems(
  { check, verdict, severity, findings: own, consequences }: Problem,
  options: ViewOptions,
): readonly Item[] {
  const mark: Mark = verdict === 'fail' ? 'bad' : severity === 'info' ? 'harmless' : 'warn';
  const shown = isBrief(options) ? own.slice(0, FINDINGS_SHOWN) : own;
  const rest = own.length - shown.length;
  const more = [
    ...(rest > 0 ? [text`and ${String(rest)} more of this kind [${value(check)}]`] : []),
    ...(consequences.length === 0 ? [] : [text`also explains ${values(consequences)}`]),
  ];
  return shown.map((finding, i) => ({ mark, text: named(finding), more: i === shown.length - 1 ? more : [] }));
}

/** Names of checks that one line of a brief report holds. */
const NAMES_SHOWN = 3;

/** One missing thing is one line, however many checks wanted it. */
function undecidedItem(
  { reason, checks }: { readonly reason: string; readonly checks: readonly string[] },
  options: ViewOptions,
): Item {
  const names = isBrief(options) ? listed(checks, NAMES_SHOWN) : values(checks);
  return { mark: 'undecided', text: text`not decided: ${names}: ${reason}` };
}
