import type { Change, Comparison, EndpointChange, Side } from '../../core/model/comparison.ts';
import type { AnyChange } from '../../core/compare/summary.ts';
import { OUTCOME } from '../../core/model/outcome.ts';
import type { Statement } from '../../core/model/statement.ts';
import { groupBy } from '../../core/values/group.ts';
import {
  facts,
  isBrief,
  list,
  notes,
  plainText,
  section,
  text,
  value,
  type Text,
  type Cell,
  type Item,
  type Mark,
  type Row,
  type Section,
  type Tone,
  type ViewOptions,
} from '../blocks/blocks.ts';
import { counted, minute } from '../blocks/times.ts';
import { rich } from './rich.ts';

/** Everything that a comparison tells: the answer first, in a terminal too, because it is short. */
export function comparisonSections(comparison: Comparison, options: ViewOptions): readonly Section[] {
  return [
    ...answer(comparison),
    ...sides(comparison),
    ...endpoints(comparison, options),
    ...changes('Bypasses', comparison.bypasses, options),
    ...changes('Scan condition', comparison.condition === null ? [] : [comparison.condition], options),
    ...changes('Times', comparison.times, options),
    ...changes('Expectations', comparison.expectations, options),
    ...changes('Settings', comparison.settings, options),
    ...changes('Checks', comparison.checks, options),
    ...changes('Causes', comparison.causes, options),
    ...limits(comparison),
  ];
}

const VERDICT: Readonly<Record<Comparison['summary']['verdict'], { readonly words: string; readonly tone: Tone }>> = {
  worse: { words: 'WORSE', tone: 'bad' },
  undecided: { words: 'UNDECIDED', tone: 'warn' },
  better: { words: 'BETTER', tone: 'good' },
  changed: { words: 'NOT WORSE', tone: 'strong' },
  same: { words: 'THE SAME', tone: 'strong' },
};

/** The sentence on top. */
function sentenceOf({ summary }: Comparison): Text {
  const parts = summary.because.map(rich);
  const [first, ...rest] = parts.flatMap((part, i) => (i === 0 ? part : ['; ', ...part]));
  // A host is no word that begins with a capital.
  const opening = typeof first === 'string' ? `${first.charAt(0).toUpperCase()}${first.slice(1)}` : (first ?? '');
  return [opening, ...rest, '.'];
}

export function comparisonWords(comparison: Comparison): string {
  return plainText(sentenceOf(comparison));
}

function answer(comparison: Comparison): readonly Section[] {
  const { words, tone } = VERDICT[comparison.summary.verdict];
  return [{ title: words, tone, result: { text: sentenceOf(comparison) }, place: 'open', blocks: [] }];
}

function sides({ before, after, tool }: Comparison): readonly Section[] {
  return section({
    title: null,
    place: 'open',
    blocks: facts([
      { label: 'Before', text: sideText(before) },
      { label: 'After', text: sideText(after) },
      { label: 'Compared by', text: `${tool.name} ${tool.version}` },
    ]),
  });
}

function sideText({ name, document, command, startedAt, exitCode, sanitized }: Side): Text {
  const about = [command, minute(startedAt), `exit code ${exitCode}`, `${sanitized ? 'sanitized' : 'raw'} ${document}`];
  return text`${value(name)} · ${about.join(' · ')}`;
}

const MARK: Readonly<Record<Change, Mark>> = {
  worse: 'bad',
  better: 'good',
  settled: 'good',
  undecided: 'undecided',
  unsettled: 'undecided',
  changed: 'harmless',
};

const WORDS: Readonly<Record<Change, string>> = {
  worse: 'worse',
  better: 'better',
  settled: 'works, not shown before',
  undecided: 'not comparable',
  unsettled: 'not shown any more',
  changed: 'changed',
};

/** A brief table has no more rows: more of one kind say no more. */
const ROWS_SHOWN = 20;

function endpoints({ endpoints: all, summary }: Comparison, options: ViewOptions): readonly Section[] {
  const told = inOrder(all);
  const shown = isBrief(options) ? told.filter(({ decides }) => decides).slice(0, ROWS_SHOWN) : told;
  const isShown = new Set(shown);
  const rest = told.filter((each) => !isShown.has(each));
  const others = [
    ...grouped(rest),
    ...(summary.sameEndpoints === 0 ? [] : [`${counted(summary.sameEndpoints, 'endpoint')} as before`]),
  ];
  return section({
    title: 'Endpoints',
    place: 'open',
    blocks: [
      ...(shown.length === 0
        ? []
        : [{ kind: 'table' as const, table: { columns: COLUMNS, rows: shown.map(endpointRow) } }]),
      ...notes(others),
    ],
  });
}

const COLUMNS = [
  { title: 'Endpoint', room: { shrink: 3, comfortable: 32, min: 16, whole: true } },
  { title: 'Needed', room: { shrink: 4, comfortable: 8, min: 4, from: 72 } },
  { title: 'Before', room: { shrink: 2, comfortable: 22, min: 8 } },
  { title: 'After', room: { shrink: 2, comfortable: 22, min: 8 } },
  { title: 'Change', room: { shrink: 1, comfortable: 22, min: 6 } },
] as const;

function endpointRow(own: EndpointChange): Row {
  const { host, port, need, change, presence } = own;
  const cells: readonly Cell[] = [
    { text: port === 443 ? host : `${host}:${port}`, isValue: true },
    { text: need },
    { text: sideCell(own, 'before') },
    { text: sideCell(own, 'after') },
    { text: presence === 'both' ? WORDS[change] : presence, tone: change === 'worse' ? 'bad' : 'plain' },
  ];
  return { mark: MARK[change], cells };
}

const SHORT_WAY = { direct: 'direct', proxy: 'proxy', refused: 'refused' } as const;

/** The outcome on the way of PMS; of an endpoint whose other route changed, both. */
function sideCell({ way, routes, change, presence }: EndpointChange, side: 'before' | 'after'): string {
  if ((presence === 'new' && side === 'before') || (presence === 'gone' && side === 'after')) return '–';
  const taken = way[side];
  const shown = routes.filter(({ route }) => change === 'changed' || route === taken);
  const words = shown.flatMap(({ route, ...sidesOf }) => {
    const result = sidesOf[side];
    return result === null ? [] : [`${SHORT_WAY[route]}: ${OUTCOME[result.outcome].words}`];
  });
  return words.length === 0 ? (taken === null ? 'not known' : SHORT_WAY[taken]) : words.join(', ');
}

/** The same statement about many hosts is one line. */
function grouped(all: readonly EndpointChange[]): readonly Text[] {
  const groups = groupBy(all, ({ change, says }) => JSON.stringify([change, says.message, { ...says.args, host: '' }]));
  return [...groups.values()].map((own) => {
    const [{ says }] = own;
    return own.length === 1 ? rich(says) : [...rich(says), ` (and ${own.length - 1} more like it)`];
  });
}

/** The worst first. */
const ORDER: readonly Change[] = ['worse', 'unsettled', 'undecided', 'better', 'settled', 'changed'];

function inOrder<T extends AnyChange>(all: readonly T[]): readonly T[] {
  return all.toSorted(
    (a, b) => Number(b.decides) - Number(a.decides) || ORDER.indexOf(a.change) - ORDER.indexOf(b.change),
  );
}

/** A brief list shows this many of those that decide nothing. */
const SHOWN = 6;

function changes(title: string, all: readonly AnyChange[], options: ViewOptions): readonly Section[] {
  const told = inOrder(all);
  const shown = isBrief(options)
    ? told.filter(({ decides, change }, i) => decides || (i < SHOWN && (change !== 'changed' || title === 'Settings')))
    : told;
  const rest = told.length - shown.length;
  return section({
    title,
    gist: counted(all.length, 'change'),
    place: shown.some(({ decides }) => decides) ? 'open' : 'folded',
    blocks: [
      ...list(itemsOf(shown, options)),
      ...notes(
        rest === 0 ? [] : [`${shown.length === 0 ? '' : 'and '}${counted(rest, 'neutral change')} with --verbose`],
      ),
    ],
  });
}

/** The same statement about several targets is one item where room is scarce. */
function itemsOf(all: readonly AnyChange[], options: ViewOptions): readonly Item[] {
  const keyOf = ({ change, says: { message, args } }: AnyChange): string =>
    JSON.stringify(
      isBrief(options) && 'target' in args ? [change, message, { ...args, target: '' }] : [change, message, args],
    );
  return [...groupBy(all, keyOf).values()].map(([{ change, decides, says }, ...others]) => ({
    mark: change === 'worse' && !decides ? 'warn' : MARK[change],
    text: others.length === 0 ? rich(says) : [...rich(says), ` (and ${others.length} more like it)`],
  }));
}

function limits({ limits: all }: Comparison): readonly Section[] {
  return section({
    title: 'Limits of this comparison',
    place: 'open',
    blocks: list(all.map((each: Statement): Item => ({ mark: 'warn', text: plainText(each.text) }))),
  });
}
