import type { FactItems, FactKey, Facts } from './facts.ts';
import type { CauseId, Finding } from './report.ts';

export type Verdict = 'pass' | 'warn' | 'fail' | 'not-applicable';
export type Severity = Finding['severity'];

/** The names between braces of a message: `'{host} said {status}'` gives `'host' | 'status'`. */
export type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Args<Names extends string> = [Names] extends [never]
  ? { readonly [name: string]: never }
  : { readonly [Name in Names]: string | number };

/** What one `say` produced; the runner adds the check's own words. */
export interface Statement {
  readonly verdict: Verdict;
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly endpoint: string | null;
}

/**
 * States one finding. A `warn` or `fail` must also fill the placeholders of the remedy, because the remedy is shown with it.
 * `endpoint` ties the finding to one endpoint's id.
 */
export type Say<Messages extends Readonly<Record<string, string>>, Remedy extends string> = <
  V extends Verdict,
  Id extends keyof Messages & string,
>(
  verdict: V,
  message: Id,
  args: Args<Placeholders<Messages[Id]> | (V extends 'warn' | 'fail' ? Placeholders<Remedy> : never)>,
  endpoint?: string,
) => Statement;

export interface CheckDefinition<
  Needs extends FactKey,
  Messages extends Readonly<Record<string, string>>,
  Remedy extends string,
> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** What to do, with placeholders that `warn` and `fail` statements fill. */
  readonly remedy: Remedy;
  readonly severity: Severity;
  readonly needs: readonly Needs[];
  /** Checks whose failure is the root of this one's: with one of them failing, this one is shown as its consequence. */
  readonly supersededBy?: readonly string[];
  /**
   * Findings without an endpoint speak of something that is none of the catalogue's, rather than of all: the trouble of one endpoint is not
   * their root.
   */
  readonly perEndpoint?: boolean;
  /** Causes of the scan condition that this check speaks about, for `explain`. */
  readonly causes?: readonly CauseId[];
  readonly messages: Messages;
  evaluate(
    facts: { readonly [K in Needs]: FactItems[K] },
    say: Say<Messages, Remedy>,
  ): Statement | readonly Statement[];
}

/** A check with its type parameters erased: what the runner, the index and the documentation handle. */
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
  readonly messages: Readonly<Record<string, string>>;
  run(facts: Facts): readonly Finding[];
}

/** Reasons that say that there is nothing to look at, rather than that nobody could look. */
const NOTHING_TO_JUDGE: ReadonlySet<string> = new Set([
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
export function defineCheck<
  const Needs extends FactKey,
  const Messages extends Readonly<Record<string, string>>,
  const Remedy extends string,
>(definition: CheckDefinition<Needs, Messages, Remedy>): Check {
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
      const say: Say<Messages, Remedy> = (verdict, message, args, endpoint) => ({
        verdict,
        message,
        args,
        endpoint: endpoint ?? null,
      });
      try {
        // The erased runner: `values` holds exactly the declared needs, which the loop above has just proved.
        const said = definition.evaluate(values as { readonly [K in Needs]: FactItems[K] }, say);
        return [said].flat().map((s: Statement) =>
          finding(s.verdict, s.message, fill(messages[s.message] ?? s.message, s.args), {
            args: s.args,
            endpoint: s.endpoint,
            remedy: s.verdict === 'warn' || s.verdict === 'fail' ? fill(remedy, s.args) : null,
          }),
        );
      } catch (error) {
        return [finding('crashed', 'crashed', error instanceof Error ? error.message : String(error))];
      }
    },
  };
}

/** Replaces `{name}` by its argument. */
export function fill(template: string, args: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/**
 * Runs every check and marks the findings that are consequences of another check's failure. A failure of one endpoint has
 * consequences for that endpoint only.
 */
export function runChecks(checks: readonly Check[], facts: Facts): Finding[] {
  const findings = checks.flatMap((check) => check.run(facts));
  const roots = findings.filter((f) => f.verdict === 'fail' || f.verdict === 'warn');
  const byId = new Map(checks.map((check) => [check.id, check]));
  const rootOf = (finding: Finding): string | null => {
    const { supersededBy = [], perEndpoint = false } = byId.get(finding.check) ?? {};
    const possible = perEndpoint && finding.endpoint === null ? roots.filter((root) => root.endpoint === null) : roots;
    return supersededBy.find((id) => possible.some((root) => root.check === id && outweighs(root, finding))) ?? null;
  };
  return findings.map((f) => (f.verdict === 'fail' || f.verdict === 'warn' ? { ...f, supersededBy: rootOf(f) } : f));
}

/** A failure is never the consequence of a mere warning. */
function outweighs(root: Finding, finding: Finding): boolean {
  return (root.verdict === 'fail' || finding.verdict === 'warn') && concernsSame(root.endpoint, finding.endpoint);
}

function concernsSame(endpoint: string | null, other: string | null): boolean {
  return endpoint === null || other === null || endpoint === other;
}
