import { groupBy } from '../values/group.ts';
import { nameList } from '../judge/pms-way.ts';
import { CHANGES, type Change, type Comparison, type BypassChange, type EndpointChange } from '../model/comparison.ts';
import type { Statement } from '../model/statement.ts';
import { nameOf } from './endpoints.ts';
import { SIDE, sayCompared, sayOfAll } from './words.ts';

type Parts = Pick<
  Comparison,
  'condition' | 'endpoints' | 'times' | 'bypasses' | 'settings' | 'causes' | 'expectations' | 'checks'
>;

/** Everything that changed, in the order of the report. */
export function changesOf(parts: Parts): readonly (readonly [aspect: string, change: AnyChange])[] {
  return [
    ...(parts.condition === null ? [] : [['condition', parts.condition] as const]),
    ...parts.endpoints.map((each) => ['endpoints', each] as const),
    ...parts.times.map((each) => ['times', each] as const),
    ...parts.bypasses.map((each) => ['bypasses', each] as const),
    ...parts.expectations.map((each) => ['expectations', each] as const),
    ...parts.checks.map((each) => ['checks', each] as const),
    ...parts.causes.map((each) => ['causes', each] as const),
    ...parts.settings.map((each) => ['settings', each] as const),
  ];
}

export interface AnyChange {
  readonly change: Change;
  readonly decides: boolean;
  readonly says: Statement;
}

const EXIT = { worse: 1, undecided: 3, better: 0, changed: 0, same: 0 } as const;

/** Anything worse decides, then anything that cannot be compared: what is not known is not "not worse". */
export function summarizeChanges(parts: Parts, condition: Statement, sameEndpoints: number): Comparison['summary'] {
  const all = changesOf(parts).map(([, each]) => each);
  const has = (...kinds: readonly Change[]): boolean => all.some((each) => each.decides && kinds.includes(each.change));
  const verdict = has('worse')
    ? 'worse'
    : has('undecided', 'unsettled')
      ? 'undecided'
      : has('better', 'settled')
        ? 'better'
        : all.length > 0
          ? 'changed'
          : 'same';
  return {
    verdict,
    exitCode: EXIT[verdict],
    because: becauseOf(parts, condition, verdict),
    counts: Object.fromEntries(CHANGES.map((kind) => [kind, all.filter(({ change }) => change === kind).length])),
    sameEndpoints,
  };
}

/** The kinds of changes that the sentence names, in its order. */
const KINDS = {
  worse: [['worse'], ['better']],
  undecided: [['better'], ['undecided', 'unsettled']],
  better: [['better', 'settled']],
} as const satisfies Readonly<Record<string, readonly (readonly Change[])[]>>;

/** At most this many statements of one kind stand in the sentence on top. */
const MOST = 2;

function becauseOf(
  parts: Parts,
  condition: Statement,
  verdict: Comparison['summary']['verdict'],
): readonly Statement[] {
  if (verdict === 'same' || verdict === 'changed')
    return [sayCompared(verdict === 'same' ? 'nothing-changed' : 'only-neutral'), ...otherFailures(parts), condition];
  const kinds = KINDS[verdict];
  const found = kinds.flatMap((own) => partsOf(parts, own));
  const allowed = verdict === 'undecided' ? allowedParts(parts) : [];
  const isTold = (statement: Statement): boolean =>
    allowed.some(({ message, text }) => message === statement.message && text === statement.text);
  return [...allowed, ...found.filter((each) => !isTold(each)), ...otherFailures(parts), condition];
}

/** A proxy that allows more than before is worth the first word, even where it is not known whether PMS uses it. */
function allowedParts({ endpoints }: Parts): readonly Statement[] {
  const isNeeded = ({ need, says }: EndpointChange): boolean => need !== 'optional' && says.message === 'allowed-now';
  return endpointParts(endpoints.filter((each) => isNeeded(each) && each.change !== 'worse'));
}

function partsOf(parts: Parts, kinds: readonly Change[]): readonly Statement[] {
  const deciding = <T extends AnyChange>(list: readonly T[]): readonly T[] =>
    list.filter(({ change, decides }) => decides && kinds.includes(change));
  const others = [...deciding(parts.times), ...deciding(parts.expectations)].map(({ says }) => says);
  const found = [...endpointParts(deciding(parts.endpoints)), ...bypassParts(deciding(parts.bypasses)), ...others];
  // Checks follow from the rest, where there is a rest.
  const isSaid = found.length > 0 || parts.condition !== null || otherFailures(parts).length > 0;
  const shown = isSaid ? found : deciding(parts.checks).map(({ says }) => says);
  const rest = shown.length - MOST;
  return rest > 0 ? [...shown.slice(0, MOST), restOf(kinds, rest)] : shown;
}

/** An endpoint that a scan needs and that fails for another reason: neither better nor worse, and the reason to read on. */
function otherFailures({ endpoints }: Parts): readonly Statement[] {
  const own = endpoints.filter(({ need, says }) => need === 'scan' && says.message === 'fails-otherwise');
  return own.slice(0, 1).map(({ says }) => says);
}

function restOf(kinds: readonly Change[], count: number): Statement {
  if (kinds.includes('worse')) return sayCompared('others-worse', { count });
  return sayCompared(kinds.includes('better') ? 'others-better' : 'others-undecided', { count });
}

/** Endpoints with the same change as one statement; those that a side does not show are counted, not named. */
function endpointParts(endpoints: readonly EndpointChange[]): readonly Statement[] {
  return [...groupBy(endpoints, ({ says, change }) => HEADLINES[says.message] ?? sideOf(change, says)).entries()].map(
    ([message, own]) => {
      const hosts = nameList(own.map(nameOf), 3);
      switch (message) {
        case 'hosts-allowed':
        case 'hosts-denied':
          return sayCompared(message, { hosts });
        case 'hosts-work':
        case 'hosts-fail':
          return sayCompared(message, { hosts, count: own.length });
        default:
          return sayCompared('hosts-not-shown', { side: message, count: own.length });
      }
    },
  );
}

/** Targets with the same change of the same process as one statement. */
function bypassParts(bypasses: readonly BypassChange[]): readonly Statement[] {
  return [...groupBy(bypasses, ({ says, process }) => JSON.stringify([says.message, process])).values()].map((own) =>
    sayOfAll(
      own[0].says,
      nameList(
        own.map(({ says }) => String(says.args['target'])),
        3,
      ),
    ),
  );
}

const HEADLINES: Readonly<Record<string, string>> = {
  'allowed-now': 'hosts-allowed',
  'denied-now': 'hosts-denied',
  'works-now': 'hosts-work',
  'fails-now': 'hosts-fail',
};

function sideOf(change: Change, { message }: Statement): string {
  return change === 'settled' || message.endsWith('-before') ? SIDE.before : SIDE.after;
}
