import type { Cause, Report } from '../../core/model/report.ts';
import { causeStateWords } from '../../core/words/cause-state.ts';
import { rootsFirst } from '../../core/judge/roots-first.ts';
import {
  facts,
  isBrief,
  list,
  notes,
  section,
  text,
  value,
  values,
  type Fact,
  type Section,
  type Tone,
  type ViewOptions,
} from '../blocks/blocks.ts';
import { isAllSeen } from './endpoints/endpoints.ts';
import { experimentWorth } from './experiment.ts';
import { libraryType } from './libraries.ts';

/** The scan condition, its causes, and what a policy expected. */

export function condition(report: Report, options: ViewOptions): readonly Section[] {
  const { scan } = report;
  const note = scanNote(report);
  const standing = rootsFirst(STANDING.flatMap((state) => scan.causes.filter((cause) => cause.state === state)));
  return [
    {
      title: '"An internet connection is required to scan library files"',
      result: { text: conditionWords(report), tone: CONDITION[scan.condition].tone },
      place: 'open',
      blocks: [...notes(note === null ? [] : [note]), ...facts(standing.map((cause) => causeFact(cause, options)))],
    },
  ];
}

/** Causes that are ruled out, and causes that remain undecided. */
export function otherCauses({ scan }: Report, options: ViewOptions): readonly Section[] {
  const ruledOut = scan.causes.filter(({ state }) => state === 'ruled-out');
  const undecided = scan.causes.filter(({ state }) => state === 'unknown');
  const [unfound, unknown] = [true, false].map((wanted) =>
    undecided.filter((cause) => (cause.unfound === true) === wanted),
  );
  const kinds = [ruledOut, unfound ?? [], unknown ?? []];
  const inShort = (causes: readonly Cause[]): readonly Fact[] =>
    causes[0] === undefined
      ? []
      : [
          {
            label: causeStateWords(causes[0]),
            tone: TONES.unknown,
            text: text`${values(causes.map(({ id }) => id))} (--verbose says why)`,
          },
        ];
  return section({
    title: 'Other causes',
    gist: kinds.flatMap((own) => (own[0] === undefined ? [] : [`${own.length} ${causeStateWords(own[0])}`])).join(', '),
    place: 'folded',
    blocks: facts([
      ...ruledOut.map((cause) => causeFact(cause, options)),
      ...(isBrief(options) ? kinds.slice(1).flatMap(inShort) : undecided.map((cause) => causeFact(cause, options))),
    ]),
  });
}

/** The surest first. */
const STANDING: readonly Cause['state'][] = ['confirmed', 'likely', 'possible'];

const TONES: Readonly<Record<Cause['state'], Tone>> = {
  confirmed: 'bad',
  likely: 'warn',
  possible: 'plain',
  'ruled-out': 'dim',
  unknown: 'dim',
};

/** Reasons that a brief report gives. */
const REASONS_SHOWN = 3;

function causeFact(cause: Cause, options: ViewOptions): Fact {
  const { id, title, state, because, follows } = cause;
  const [words, tone] = [causeStateWords(cause), TONES[state]];
  const shown = isBrief(options) ? because.slice(0, REASONS_SHOWN) : because;
  const rest = because.length - shown.length;
  const more = [
    ...shown.map((reason) => reason.text),
    ...(rest > 0 ? [`and ${rest} more ${rest === 1 ? 'reason' : 'reasons'} with --verbose`] : []),
  ];
  return {
    label: follows === undefined ? words : 'also explains',
    tone,
    text: text`${title} [${value(id)}]${follows === undefined ? '' : `, ${words}`}`,
    more: more.map((line) => ({ text: line })),
  };
}

const CONDITION: Readonly<Record<Report['scan']['condition'], { readonly words: string; readonly tone: Tone }>> = {
  reproduced: { words: 'REPRODUCED', tone: 'bad' },
  'would-occur': { words: 'WOULD OCCUR', tone: 'bad' },
  'not-found': { words: 'NOT FOUND', tone: 'good' },
  unknown: { words: 'UNKNOWN', tone: 'warn' },
};

export function conditionWords({ scan, run }: Pick<Report, 'scan' | 'run'>): string {
  const where = scan.sections.flatMap((each) => {
    if (each.condition !== 'reproduced') return [];
    const { id, type, status, failed } = each;
    const kind = type === 'unknown' ? '' : ` (${libraryType(type)})`;
    // A scan that PMS took was answered with 200, which is not how it failed.
    const how = failed === 'unreached' ? 'it did not reach what it needs' : status;
    return [`section ${id}${kind}${how === null ? '' : `: ${how}`}`];
  });
  // Input files describe an earlier scan, so this run reproduced nothing.
  const isLogged = scan.condition === 'reproduced' && run.inputs !== undefined;
  const words = isLogged ? "IN PMS'S LOG" : CONDITION[scan.condition].words;
  return where.length === 0 ? words : `${words} on ${where.join(', ')}`;
}

/** The basis of the verdict: a scan without the condition and its worth, or, without a scan, an inference. */
function scanNote(report: Report): string | null {
  const { scan, traffic, pmsLog, endpoints, pms } = report;
  const worth = experimentWorth(report);
  if (worth !== null) return worth;
  const sources = [
    ...(endpoints.length > 0 && !isAllSeen(report) ? ['was probed'] : []),
    ...(traffic === null ? [] : ['was seen']),
    ...(pmsLog === null ? [] : ["PMS's log says"]),
    ...((pms?.status?.version ?? null) === null ? [] : ['PMS says itself']),
  ];
  const from = sources.length === 0 ? ['is known'] : sources;
  return scan.sections.length === 0
    ? `judged from what ${from.join(', and what ')}: no scan was started in this run`
    : null;
}

export function expectations({ expectations: expected }: Report): readonly Section[] {
  if (expected === null) return [];
  const { policy, checked, violations } = expected;
  const isMet = violations.length === 0;
  return [
    {
      title: `Expected by ${policy}`,
      result: isMet
        ? { text: `all ${checked} expectations met`, tone: 'good' }
        : { text: `${violations.length} of ${checked} expectations not met`, tone: 'bad' },
      place: 'open',
      blocks: list(
        violations.map(({ host, aspect, expected: wanted, actual }) => ({
          mark: 'bad',
          text: text`${value(host)}: ${aspect} should be ${value(wanted)}, is ${value(actual)}`,
        })),
      ),
    },
  ];
}
