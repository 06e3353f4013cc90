import type { Cause, Report } from '../../core/model/report.ts';
import { connectionWords } from '../../core/words/flows.ts';
import {
  facts,
  list,
  notes,
  section,
  text,
  value,
  values,
  type Fact,
  type Mark,
  type Section,
  type Text,
} from '../blocks/blocks.ts';
import { clock, counted, listed, times } from '../blocks/times.ts';
import { noneObserved, targetWords, whoWords } from './traffic/bypasses.ts';
import { experimentWorth, scanFacts } from './experiment.ts';
import { proofHeadline } from './proof.ts';
import { otherServers, pmsFacts, proxyText } from './settings.ts';

/** The beginning of every report: what is wrong, which process does it, and the facts that the answer rests on. */

/** Reasons of the leading cause that stand in the answer. */
const REASONS_SHOWN = 2;
const BYPASSES_SHOWN = 3;
const VIOLATIONS_SHOWN = 3;
const SCANS_SHOWN = 6;

export function answer(report: Report): readonly Section[] {
  const { words, mark } = headline(report);
  const { tool, run } = report;
  return [
    {
      title: words,
      mark,
      tone: mark === 'good' ? 'good' : mark === 'bad' ? 'bad' : 'warn',
      aside: `${tool.name} ${tool.version} ${run.command} · ${clock(run.startedAt).slice(0, 5)} UTC`,
      place: 'open',
      blocks: [...list(reasons(report)), ...notes(sentences(report)), ...list(violations(report))],
    },
    ...since(report),
    { title: null, place: 'open', blocks: facts(basics(report)) },
  ];
}

/** Each library then and now. */
function since({ since: earlier }: Report): readonly Section[] {
  if (earlier === undefined) return [];
  const { name, startedAt, says } = earlier;
  const title = `Since ${name} (${clock(startedAt).slice(0, 5)} UTC)`;
  return section({ title, place: 'open', blocks: list(says.map(({ text: words }) => ({ text: sentence(words) }))) });
}

interface Headline {
  readonly words: string;
  readonly mark: Mark;
}

function headline(report: Report): Headline {
  const { run, scan, summary, expectations } = report;
  if (run.interrupted) return { words: 'INTERRUPTED', mark: 'undecided' };
  if (report.bridge !== undefined) return proofHeadline(report.bridge);
  if ((expectations?.violations.length ?? 0) > 0) return { words: 'POLICY NOT MET', mark: 'bad' };
  if (scan.condition === 'reproduced')
    return { words: run.inputs === undefined ? 'SCAN REFUSED, reproduced' : "SCAN REFUSED, by PMS's log", mark: 'bad' };
  if (scan.condition === 'would-occur') return { words: 'SCANS WOULD FAIL', mark: 'bad' };
  switch (summary.verdict) {
    case 'problems':
      return report.bypasses.some(({ kind }) => kind === 'observed') && report.proxy.configured
        ? { words: 'PMS GOES AROUND THE PROXY', mark: 'bad' }
        : { words: 'PROBLEMS FOUND', mark: 'bad' };
    case 'undecided':
      return { words: 'UNDECIDED', mark: 'undecided' };
    case 'ok':
      return expectations === null
        ? { words: 'NOTHING WRONG FOUND', mark: 'good' }
        : { words: 'POLICY MET', mark: 'good' };
  }
}

/** The grounds of a proof, or of the diagnosis. */
function reasons(report: Report): readonly { readonly text: Text; readonly more: readonly string[] }[] {
  const { bridge } = report;
  if (bridge === undefined) return leadingCause(report);
  const [first, ...others] = bridge.because;
  return first === undefined ? [] : [{ text: sentence(first.text), more: others.map(({ text: words }) => words) }];
}

/** The surest cause that stands, with its reasons. Further causes that are as sure are named. */
function leadingCause({ scan }: Report): readonly { readonly text: Text; readonly more: readonly string[] }[] {
  const standing = leadingCauses(scan.causes);
  const [first, ...others] = standing;
  if (first === undefined) return [];
  const named = (causes: readonly Cause[]): string =>
    listed(
      causes.map(({ title, id }) => `${title} [${id}]`),
      2,
    );
  const consequences = scan.causes.filter(({ follows }) => follows === first.id);
  const also = [
    ...(consequences.length === 0 ? [] : [`Also explains: ${named(consequences)}`]),
    ...(others.length === 0 ? [] : [`Also ${first.state}: ${named(others)}`]),
  ];
  return [
    {
      text: text`${first.title} [${value(first.id)}${first.state === 'confirmed' ? '' : `, ${first.state}`}]`,
      more: [
        ...ofEachKind(first.because)
          .slice(0, REASONS_SHOWN)
          .map((reason) => reason.text),
        ...also,
      ],
    },
  ];
}

/** The first of each kind of statement: the same about a second endpoint adds little. */
function ofEachKind(because: Cause['because']): Cause['because'] {
  return because.filter(({ message }, i) => because.findIndex((other) => other.message === message) === i);
}

function leadingCauses(causes: readonly Cause[]): readonly Cause[] {
  const surest = (['confirmed', 'likely'] as const).find((state) =>
    causes.some((cause) => cause.state === state && cause.follows === undefined),
  );
  // The root of a sure state leads, even where it is merely possible.
  return surest === undefined
    ? causes.filter(({ id }) => causes.some(({ follows }) => follows === id))
    : causes.filter(({ state, follows }) => state === surest && follows === undefined);
}

/** The verdict in a sentence where no cause tells it, and what an experiment without the condition is worth. */
function sentences(report: Report): readonly string[] {
  const { run, summary, scan, expectations } = report;
  const worth = experimentWorth(report);
  const isTold =
    report.bridge !== undefined ||
    (leadingCauses(scan.causes).length > 0 && summary.verdict === 'problems') ||
    // Watched scans say more than that nothing was found.
    (worth !== null && summary.verdict === 'ok' && expectations === null && !run.interrupted);
  return [
    ...(run.interrupted ? ['This is what was gathered until then; what is missing says "not tried".'] : []),
    ...(isTold ? [] : [sentence(summary.because)]),
    ...(worth === null || summary.because.includes(worth) ? [] : [sentence(worth)]),
  ];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}

function violations({ expectations }: Report): readonly { readonly mark: Mark; readonly text: Text }[] {
  const all = expectations?.violations ?? [];
  const shown = all.slice(0, VIOLATIONS_SHOWN).map(({ host, aspect, expected, actual }) => ({
    mark: 'bad' as const,
    text: text`${value(host)}: ${aspect} should be ${value(expected)}, is ${value(actual)}`,
  }));
  const rest = all.length - shown.length;
  return [...shown, ...(rest > 0 ? [{ mark: 'bad' as const, text: `and ${rest} more violations` }] : [])];
}

function basics(report: Report): readonly Fact[] {
  const { proxy, experiment } = report;
  const noProxy = proxy.noProxy === null ? '' : text`; no_proxy ${value(proxy.noProxy)}`;
  const scans = experiment === null ? [] : scanFacts(report);
  const rest = scans.length - SCANS_SHOWN;
  return [
    {
      label: 'PMS',
      text: values(pmsFacts(report, true), ', '),
      more: otherServers(report.pms).map((line) => ({ text: line })),
    },
    {
      label: 'Proxy',
      text: text`${proxyText(report)}${noProxy}`,
      more: plugInsApart(report).map((line) => ({ text: line })),
    },
    ...scans.slice(0, SCANS_SHOWN),
    ...(rest > 0 ? [{ label: 'Scans', text: `and ${rest} more with --all` }] : []),
    ...around(report),
  ];
}

/** Plug-ins read the variables otherwise than PMS, and call it through the proxy: PMS alone would look well. */
function plugInsApart({ findings }: Report): readonly string[] {
  return findings.flatMap(({ check, message, text: words }) =>
    check === 'loopback-through-proxy' && message === 'plug-ins' ? [words] : [],
  );
}

/** Always present: which connections went around the proxy, or that they were not watched. */
function around(report: Report): readonly Fact[] {
  const label = report.proxy.configured ? 'Bypasses' : 'Direct';
  const observed = report.bypassGroups.filter(({ kind }) => kind === 'observed');
  const configured = report.bypassGroups.filter(({ kind }) => kind === 'configured').flatMap(({ targets }) => targets);
  const seen = observed.slice(0, BYPASSES_SHOWN).map((group) => {
    const who = group.process ?? whoWords(group);
    return text`${value(who)} → ${value(targetWords(group))} (${connectionWords(group.outcome)}, ${times(group.count)})`;
  });
  const rest = observed.length - seen.length;
  const lines: readonly Text[] = [
    ...seen,
    ...(rest > 0 ? [`and ${rest} more with --all`] : []),
    ...(configured.length > 0 ? [`${counted(configured.length, 'endpoint')} configured to go direct`] : []),
    ...(observed.length === 0 ? noneObserved(report).slice(0, 1) : []),
  ];
  const [first = '', ...more] = lines;
  return [{ label, text: first, more: more.map((line) => ({ text: line })) }];
}
