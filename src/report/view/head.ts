import type { Report } from '../../core/model/report.ts';
import {
  facts,
  isBrief,
  list,
  notes,
  section,
  text,
  value,
  values,
  type Section,
  type ViewOptions,
} from '../blocks/blocks.ts';
import { sanitizerWords } from './sanitizer.ts';
import { clientsOf, libraryWords, pmsFacts, proxyText, troubleWords } from './settings.ts';
import { duration, minute } from '../blocks/times.ts';
import { causeCounts } from './endpoints/tally.ts';

/** The settings of PMS in full, and the end of a report. */

export function settings(report: Report, options: ViewOptions): readonly Section[] {
  const { pms, proxy, run } = report;
  const [library, ...libraries] = libraryWords(pms);
  const [trouble, ...troubles] = options.verbose ? troubleWords(pms) : [];
  // Where PMS's own environment was read there is nothing to explain.
  const isExplained = proxy.why !== '' && (options.verbose || proxy.basis !== 'observed');
  const about = [
    ...(proxy.noProxy === null ? [] : [text`no_proxy ${value(proxy.noProxy)}`]),
    ...(isExplained ? [proxy.why] : []),
  ];
  return section({
    title: 'Settings',
    place: 'folded',
    blocks: facts([
      { label: 'Run', text: [minute(run.startedAt), duration(run.durationMs), run.platform].join(' · ') },
      { label: 'Plex Media Server', text: values(pmsFacts(report), ' · ') },
      ...(library === undefined ? [] : [{ label: 'Libraries', text: library, more: furtherLines(libraries) }]),
      ...(trouble === undefined ? [] : [{ label: 'Not answered', text: trouble, more: furtherLines(troubles) }]),
      { label: 'Proxy', text: proxyText(report), more: furtherLines(about) },
    ]),
  });
}

function furtherLines<T>(lines: readonly T[]): readonly { readonly text: T }[] {
  return lines.map((line) => ({ text: line }));
}

export function variables({ proxy }: Report, options: ViewOptions): readonly Section[] {
  if (isBrief(options)) return [];
  return section({
    title: 'Variables and clients',
    place: 'folded',
    blocks: [
      ...list(
        proxy.variables.map(({ name, value: set, from }) => ({
          text: text`${value(`${name}=${set}`)} (${value(from)})`,
        })),
      ),
      ...list(clientsOf(proxy).map(({ ids, words }) => ({ text: text`${values(ids)}: ${words}` }))),
    ],
  });
}

/** The reason of the exit code, in a few words. */
function exitWords({ run, summary, scan, expectations, bypasses, bridge }: Report): string {
  if (run.interrupted) return 'interrupted';
  if (bridge !== undefined)
    return { proved: 'the bridge works', 'not-proved': 'the bridge does not cure it', undecided: 'could not decide' }[
      bridge.state
    ];
  switch (summary.verdict) {
    case 'ok':
      return 'nothing wrong';
    case 'undecided':
      return 'could not decide';
    case 'problems':
      if ((expectations?.violations.length ?? 0) > 0) return 'an expectation is not met';
      if (scan.condition === 'reproduced' || scan.condition === 'would-occur') return 'the condition was found';
      return bypasses.length > 0 ? 'a bypass was found' : 'a check failed';
  }
}

/** The exit code in words, and where the rest is. */
export function closing(report: Report, isWhole: boolean): readonly Section[] {
  const { summary } = report;
  const code = `exit ${summary.exitCode}: ${exitWords(report)}`;
  const rest = isWhole ? [] : ['everything: --all', 'words: explain legend'];
  return section({
    title: null,
    place: 'small',
    blocks: notes([`Causes: ${causeCounts(report)}`, [code, ...rest].join(' · ')]),
  });
}

export function notice(report: Report): readonly Section[] {
  return section({ title: null, place: 'small', blocks: notes([sanitizerWords(report)]) });
}
