import type { SeenFlow } from './observed.ts';
import { targetOf } from './tell-flow.ts';

/**
 * A policy that was mended meanwhile is no trouble any more, nor is a challenge that was answered, in the same second of a log as a rule.
 * Without the time of every refusal nothing is known to be later, and what is let through for one client says nothing about another.
 */
export function wasLetThroughLater(refused: readonly SeenFlow[], all: readonly SeenFlow[]): boolean {
  return refused.every((each) => {
    const target = targetOf(each);
    const { lastAt, outcome, client } = each.flow;
    return all.some(
      (seen) =>
        seen.flow.route === 'proxy' &&
        seen.flow.outcome === 'ok' &&
        seen.host !== null &&
        targetOf(seen) === target &&
        seen.flow.client === client &&
        lastAt !== null &&
        seen.flow.lastAt !== null &&
        (outcome === 'proxy-auth' ? seen.flow.lastAt >= lastAt : seen.flow.lastAt > lastAt),
    );
  });
}
