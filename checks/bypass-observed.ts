import { defineCheck } from '../src/core/check.ts';
import { becameOf, seenIn, targetOf, whoOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'bypass-observed',
  title: 'A connection went around the proxy',
  why: 'In an isolated network only what asks the proxy gets out, can be allowed by name, and leaves a line in a log. What goes around it is dropped, or escapes.',
  remedy:
    'Find out why {process} does not use the proxy for {target}: its environment first, then no_proxy, then whether the program can use a proxy at all.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded', 'bypass-blocked'],
  causes: ['scanner-bypasses-proxy'],
  messages: {
    seen: '{process} connected to {target} directly: {outcome} ({tries} tries, seen in {seenIn}).',
    none: 'While watched, nothing of PMS went around the proxy.',
    unwatched: 'What was watched would not have shown a connection around the proxy.',
  },
  evaluate({ observed }, say) {
    const found = observed.flows.filter(({ bypass }) => bypass);
    if (found.length === 0)
      return observed.shows.direct ? say('pass', 'none', {}) : say('not-applicable', 'unwatched', {});
    return found.map((seen) => {
      const { flow, endpoint } = seen;
      const args = {
        process: whoOf(flow),
        target: targetOf(seen),
        outcome: becameOf(flow.outcome),
        tries: flow.tries,
        seenIn: seenIn(flow.seenBy),
      };
      return say(endpoint?.need === 'optional' ? 'warn' : 'fail', 'seen', args, endpoint?.id);
    });
  },
});
