import type { ProofStep } from '../../core/model/bridge.ts';
import type { Scan } from '../../core/model/experiment.ts';
import type { ProvenBridge, Report } from '../../core/model/report.ts';
import { libraryEnd } from '../../core/judge/traffic/proof.ts';
import { connectionWords } from '../../core/words/flows.ts';
import { facts, notes, values, type Fact, type Mark, type Section } from '../blocks/blocks.ts';
import { between, clock, counted, duration, listed, times } from '../blocks/times.ts';
import { libraryType } from './libraries.ts';

/** The three scans of `bridge --prove`, side by side. */

const HEADLINES = {
  proved: { words: 'BRIDGE PROVED', mark: 'good' },
  'not-proved': { words: 'BRIDGE NOT PROVED', mark: 'bad' },
  undecided: { words: 'BRIDGE: UNDECIDED', mark: 'undecided' },
} as const;

export function proofHeadline({ state }: ProvenBridge): { readonly words: string; readonly mark: Mark } {
  return HEADLINES[state];
}

const NAMES = { before: 'Without', with: 'With bridge', after: 'Without again' } as const;

export function proof({ bridge }: Report): readonly Section[] {
  if (bridge === undefined) return [];
  const { hosts, steps, notes: remarks, restored } = bridge;
  const names = hosts.map(({ host }) => host);
  return [
    {
      title: 'Three scans',
      place: 'open',
      blocks: [
        ...facts([
          ...steps.map(stepFact),
          ...(names.length === 0 ? [] : [{ label: 'Bridged', text: values(names) }]),
          { label: 'Taken back', text: RESTORED[String(restored)] ?? '', mark: restored === false ? 'bad' : 'good' },
        ]),
        ...notes([
          ...(steps.length === 0 ? ['PMS was not asked to scan.'] : []),
          ...remarks.map(({ text }) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`),
        ]),
      ],
    },
  ];
}

const RESTORED: Readonly<Record<string, string>> = {
  null: 'nothing was changed',
  true: '/etc/hosts is as it was, nothing listens any more',
  false: 'NO: a mount is left over /etc/hosts',
};

function stepFact(step: ProofStep): Fact {
  const needy = step.scans.filter(({ library }) => library.needs !== 'nothing');
  const ends = needy.map(({ library }) => libraryEnd(step, library.id));
  const isGood = ends.length > 0 && ends.every((end) => end === 'scanned');
  return {
    label: NAMES[step.name],
    mark: ends.includes('failed') ? 'bad' : isGood ? 'good' : 'undecided',
    text: `${clock(step.startedAt).slice(0, 8)} ${listed(needy.map(scanWords), 3) || 'not asked'}`,
    more: connections(step).map((words) => ({ text: words })),
  };
}

function scanWords({ library, status, end, startedAt, endedAt }: Scan): string {
  const ms = between(startedAt, endedAt);
  const took = ms === null ? '' : `, ${duration(ms)}`;
  const what = end === 'refused' ? `refused ${status ?? ''}`.trim() : end === 'finished' ? 'scanned' : end;
  return `${libraryType(library.type)} ${library.id}: ${what}${took}`;
}

function connections(step: ProofStep): readonly string[] {
  const { contacts, tunnels, logged, watched } = step;
  const seen = contacts.map(({ host, route, process, outcome, count }) => {
    const who = process ?? 'a program';
    return route === 'bridge'
      ? `${who} → bridge (${times(count)})`
      : `${who} → ${host} ${route === 'direct' ? 'directly' : 'by the proxy'}: ${connectionWords(outcome)}, ${times(count)}`;
  });
  const passed = tunnels.filter(({ outcome }) => outcome === 'ok').length;
  const refused = tunnels.filter(({ outcome }) => outcome !== 'ok');
  const all = [
    ...seen,
    ...(passed === 0 ? [] : [`proxy: CONNECT by name, let through ${times(passed)}`]),
    ...(refused.length === 0 ? [] : [`proxy: refused ${times(refused.length)}`]),
  ];
  return [
    ...(all.length > 0 ? all : [watched === true ? 'none to these hosts' : 'not watched']),
    ...(logged === null
      ? []
      : [`log of the proxy: ${logged === 0 ? 'no request' : counted(logged, 'request')} by name`]),
  ];
}
