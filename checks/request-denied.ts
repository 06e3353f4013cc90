import { defineCheck } from '../src/core/check.ts';
import { groupBy } from '../src/core/group.ts';
import { wasLetThroughLater } from '../src/core/let-through.ts';
import { countSeen } from '../src/core/observed.ts';
import { becameOf, targetOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'request-denied',
  title: 'The proxy denied what PMS asked for',
  why: 'What PMS really asked for and was denied is the list to decide on: allow it, or know what stays broken.',
  remedy: 'Decide whether PMS needs {target}: allow it on the proxy by name, or leave it denied on purpose.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['needed-endpoint-denied', 'proxy-authentication'],
  perEndpoint: true,
  causes: ['proxy-denies'],
  messages: {
    denied: 'The proxy denied {target}, needed for {purpose} (times: {count}).',
    challenged: 'The proxy wanted a login for {target}, needed for {purpose} (times: {count}).',
    unlisted: 'The proxy refused {target}, which the catalogue does not know: {outcome} (times: {count}).',
    unneeded: 'The proxy refused {target} ({purpose}), which PMS can do without: {outcome} (times: {count}).',
    mended: 'The proxy refused {target}, and let it through later.',
    none: 'The proxy denied nothing that PMS asked for.',
    unwatched: 'What was watched, and kept, would not show all that the proxy answers.',
  },
  evaluate({ observed }, say) {
    const refused = observed.flows.filter(
      ({ flow }) => flow.route === 'proxy' && (flow.outcome === 'denied' || flow.outcome === 'proxy-auth'),
    );
    const groups = groupBy(refused, (seen) => `${targetOf(seen)} ${seen.flow.outcome}`);
    if (groups.size === 0)
      return observed.shows.proxy && observed.omitted === 0
        ? say('pass', 'none', {})
        : say('not-applicable', 'unwatched', {});
    return [...groups.values()].map((own) => {
      const [{ endpoint, flow }] = own;
      const target = targetOf(own[0]);
      if (wasLetThroughLater(own, observed.flows)) return say('pass', 'mended', { target }, endpoint?.id);
      const args = { target, count: countSeen(own) };
      const outcome = becameOf(flow.outcome);
      if (endpoint === null) return say('warn', 'unlisted', { ...args, outcome });
      const { purpose, need, id } = endpoint;
      if (need === 'optional') return say('pass', 'unneeded', { ...args, outcome, purpose }, id);
      const message = flow.outcome === 'denied' ? 'denied' : 'challenged';
      return say(need === 'scan' ? 'fail' : 'warn', message, { ...args, purpose }, id);
    });
  },
});
