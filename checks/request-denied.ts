import { defineCheck } from '../src/core/check.ts';
import { groupBy } from '../src/core/values/group.ts';
import { targetKey, wasLetThroughLater } from '../src/core/judge/let-through.ts';
import { countSeen } from '../src/core/judge/observed.ts';
import { isOfKind } from '../src/core/model/outcome.ts';
import { connectionWords, targetOf } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'request-denied',
  title: 'The proxy denied a request of PMS',
  why: "These are PMS's own requests: decide for each whether to allow it or to do without it.",
  remedy: 'Decide whether PMS needs {target}: allow it on the proxy by name, or leave it denied on purpose.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['needed-endpoint-denied', 'proxy-authentication'],
  perEndpoint: true,
  causes: ['proxy-denies'],
  messages: {
    denied: 'The proxy denied {target}, needed for {purpose} (times: {count}).',
    challenged: 'The proxy wanted a login for {target}, needed for {purpose} (times: {count}).',
    untied:
      'The proxy refused {target} ({outcome}; times: {count}), but nothing shows that PMS asked for it: behind address translation it can be a neighbour.',
    unlisted: 'The proxy refused {target}, which the catalogue does not know: {outcome} (times: {count}).',
    unneeded: 'The proxy refused {target} ({purpose}), which PMS can do without: {outcome} (times: {count}).',
    mended: 'The proxy refused {target}, but let it through later.',
    none: 'The proxy denied no request of PMS.',
    unwatched: "The proxy's answers were not fully watched or kept: finding no refusal proves nothing.",
  },
  evaluate({ observed }, say) {
    const refused = observed.flows.filter(
      ({ flow }) => flow.route === 'proxy' && isOfKind(flow.outcome, 'proxy-refusal'),
    );
    const groups = groupBy(refused, (seen) => `${targetKey(seen)} ${seen.flow.outcome}`);
    if (groups.size === 0)
      return observed.shows.proxy && observed.omitted === 0
        ? say('pass', 'none', {})
        : say('not-applicable', 'unwatched', {});
    return [...groups.values()].map((own) => {
      const [{ endpoint, flow }] = own;
      const target = targetOf(own[0]);
      if (wasLetThroughLater(own, observed.flows)) return say('pass', 'mended', { target }, endpoint?.id);
      const args = { target, count: countSeen(own) };
      const outcome = connectionWords(flow.outcome);
      if (own.every(({ tied }) => !tied))
        return say(endpoint?.need === 'optional' ? 'pass' : 'warn', 'untied', { ...args, outcome }, endpoint?.id);
      if (endpoint === null) return say('warn', 'unlisted', { ...args, outcome });
      const { purpose, need, id } = endpoint;
      if (need === 'optional') return say('pass', 'unneeded', { ...args, outcome, purpose }, id);
      const message = flow.outcome === 'denied' ? 'denied' : 'challenged';
      return say(need === 'scan' ? 'fail' : 'warn', message, { ...args, purpose }, id);
    });
  },
});
