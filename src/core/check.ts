import type { FactItems, FactKey, Facts } from './judge/facts.ts';
import { differenceOfProbes } from './judge/vantage.ts';
import type { CauseId } from './model/cause-ids.ts';
import type { ReasonCode } from './model/reason.ts';
import type { Finding } from './model/report.ts';
import { fill, makeStatement, type AnyArgs, type Args, type Messages } from './words/message.ts';

export type Verdict = 'pass' | 'warn' | 'fail' | 'not-applicable';
export type Severity = Finding['severity'];

/** The result of one `say`; the runner adds the check's own words. */
export interface Said {
  readonly verdict: Verdict;
  readonly message: string;
  readonly args: AnyArgs;
  readonly endpoint: string | null;
}

/**
 * States one finding. A `warn` or `fail` must also fill the placeholders of the remedy, because the remedy is shown with it.
 * `endpoint` ties the finding to one endpoint's id.
 */
type SayVerdict<M extends Messages, Remedy extends string> = <V extends Verdict, Id extends keyof M & string>(
  verdict: V,
  message: Id,
  args: Args<M[Id] | (V extends 'warn' | 'fail' ? Remedy : never)>,
  endpoint?: string,
) => Said;

export interface CheckDefinition<Needs extends FactKey, M extends Messages, Remedy extends string> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** The advice, with placeholders that `warn` and `fail` statements fill. */
  readonly remedy: Remedy;
  readonly severity: Severity;
  readonly needs: readonly Needs[];
  /** Checks whose failure is the root of this one's: with one of them failing, this one is shown as its consequence. */
  readonly supersededBy?: readonly string[];
  /**
   * A finding without an endpoint is about a host outside the catalogue, so the trouble of one endpoint is not its root.
   */
  readonly perEndpoint?: boolean;
  /** Causes of the scan condition that this check speaks about, for `explain`. */
  readonly causes?: readonly CauseId[];
  readonly messages: M;
  evaluate(facts: { readonly [K in Needs]: FactItems[K] }, say: SayVerdict<M, Remedy>): Said | readonly Said[];
}

/** A check with its type parameters erased, for the runner, the index and the documentation. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly severity: Severity;
  readonly needs: readonly FactKey[];
  readonly supersededBy: readonly string[];
  readonly perEndpoint: boolean;
  readonly causes: readonly CauseId[];
  readonly messages: Messages;
  run(facts: Facts): readonly Finding[];
}

/** Reasons that mean that there is nothing to judge, rather than that evidence could not be gathered. */
const NOTHING_TO_JUDGE: ReadonlySet<ReasonCode> = new Set([
  'NO_PROXY_CONFIGURED',
  'NOT_WATCHED',
  'NO_PMS_LOG',
  'PMS_NOT_ASKED',
  'NOT_PROBED',
  'NO_EXPERIMENT',
  'FILES_ONLY',
]);

/**
 * Defines a check. Undeclared evidence, an unknown message id and a missing placeholder are compile errors.
 * Evidence that failed or was not run makes it `inconclusive` (`not-applicable` where there is nothing to look at) without
 * calling `evaluate`; a throw makes it `crashed`.
 */
export function defineCheck<const Needs extends FactKey, const M extends Messages, const Remedy extends string>(
  definition: CheckDefinition<Needs, M, Remedy>,
): Check {
  const { id, title, why, remedy, severity, needs, messages } = definition;
  const finding = (
    verdict: Finding['verdict'],
    message: string,
    text: string,
    rest: Partial<Finding> = {},
  ): Finding => ({
    check: id,
    verdict,
    severity,
    message,
    args: {},
    text,
    remedy: null,
    endpoint: null,
    supersededBy: null,
    causes: definition.causes ?? [],
    ...rest,
  });
  return {
    id,
    title,
    why,
    remedy,
    severity,
    needs,
    supersededBy: definition.supersededBy ?? [],
    perEndpoint: definition.perEndpoint ?? false,
    causes: definition.causes ?? [],
    messages,
    run(facts) {
      const values: Partial<Record<FactKey, unknown>> = {};
      for (const need of needs) {
        const item = facts[need];
        if (item.state !== 'ok') {
          const verdict = NOTHING_TO_JUDGE.has(item.reason.code) ? 'not-applicable' : 'inconclusive';
          return [finding(verdict, item.reason.code, item.reason.message, { args: { needs: need } })];
        }
        values[need] = item.value;
      }
      const say: SayVerdict<M, Remedy> = (verdict, message, args, endpoint) => ({
        verdict,
        message,
        args,
        endpoint: endpoint ?? null,
      });
      try {
        // The erased runner: `values` holds exactly the declared needs, which the loop above has just proved.
        const said = definition.evaluate(values as { readonly [K in Needs]: FactItems[K] }, say);
        return [said].flat().map(({ verdict, endpoint, ...given }: Said) => {
          const { message, args, text } = makeStatement(
            given.message,
            messages[given.message] ?? given.message,
            given.args,
          );
          const advice = verdict === 'warn' || verdict === 'fail' ? fill(remedy, args) : null;
          return finding(verdict, message, text, { args, endpoint, remedy: advice });
        });
      } catch (error) {
        return [finding('crashed', 'crashed', error instanceof Error ? error.message : String(error))];
      }
    },
  };
}

/**
 * Runs every check and marks the findings that are consequences of another check's failure. A failure of one endpoint has
 * consequences for that endpoint only.
 */
export function runChecks(checks: readonly Check[], facts: Facts): Finding[] {
  const isThere = differenceOfProbes(facts) === null;
  const findings = checks.flatMap((check) =>
    isThere || !check.needs.some((need) => PROBED.has(need)) ? check.run(facts) : check.run(facts).map(doubt),
  );
  const roots = findings.filter((f) => f.verdict === 'fail' || f.verdict === 'warn');
  const byId = new Map(checks.map((check) => [check.id, check]));
  const rootOf = (finding: Finding): string | null => {
    const { supersededBy = [], perEndpoint = false } = byId.get(finding.check) ?? {};
    const possible = perEndpoint && finding.endpoint === null ? roots.filter((root) => root.endpoint === null) : roots;
    return supersededBy.find((id) => possible.some((root) => root.check === id && outweighs(root, finding))) ?? null;
  };
  return findings.map((f) => (f.verdict === 'fail' || f.verdict === 'warn' ? { ...f, supersededBy: rootOf(f) } : f));
}

/** Checks that find PMS's way to plex.tv or its provider broken: PMS's own states of either follow from that. */
export const TROUBLES_OF_THE_WAY: readonly string[] = [
  'needed-endpoint-denied',
  'needed-endpoint-unreachable',
  'proxy-unreachable',
  'proxy-silent',
  'proxy-garbage',
  'proxy-authentication',
  'proxy-cannot-reach',
  'certificate-swapped',
  'certificate-not-accepted-by-pms',
  'local-dns-failure',
  'endpoint-down',
];

/** Facts that follow from probes. */
const PROBED: ReadonlySet<FactKey> = new Set(['results', 'proxies', 'attempts.direct', 'attempts.proxy', 'resolver']);

/** Probes from another place than PMS's show what may be: PMS neither fails nor passes by them. */
function doubt(finding: Finding): Finding {
  const { verdict } = finding;
  return verdict === 'fail'
    ? { ...finding, verdict: 'warn' }
    : verdict === 'pass'
      ? { ...finding, verdict: 'inconclusive' }
      : finding;
}

/** A failure is never the consequence of a mere warning. */
function outweighs(root: Finding, finding: Finding): boolean {
  return (root.verdict === 'fail' || finding.verdict === 'warn') && concernsSame(root.endpoint, finding.endpoint);
}

function concernsSame(endpoint: string | null, other: string | null): boolean {
  return endpoint === null || other === null || endpoint === other;
}
