import { defineCheck } from '../src/core/check.ts';
import { groupBy } from '../src/core/group.ts';
import { countSeen, type SeenFlow } from '../src/core/observed.ts';
import { targetOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'request-denied',
  title: 'The proxy denied what PMS asked for',
  why: 'What PMS really asked for and was denied is the list to decide on: allow it, or know what stays broken.',
  remedy: 'Decide whether PMS needs {target}: allow it on the proxy by name, or leave it denied on purpose.',
  severity: 'high',
  needs: ['observed'],
  causes: ['proxy-denies'],
  messages: {
    denied: 'The proxy denied {target}, needed for {purpose}: {count} times.',
    challenged: 'The proxy wanted a login for {target}, needed for {purpose}: {count} times.',
    unlisted: 'The proxy denied {target}, which the catalogue does not know: {count} times.',
    unneeded: 'The proxy denied {target} ({purpose}), which PMS can do without: {count} times.',
    mended: 'The proxy denied {target} at first and let it through later.',
    none: 'The proxy denied nothing that PMS asked for.',
    unwatched: 'What was watched would not have shown what the proxy answers.',
  },
  evaluate({ observed }, say) {
    if (!observed.shows.proxy) return say('not-applicable', 'unwatched', {});
    const refused = observed.flows.filter(
      ({ flow }) => flow.route === 'proxy' && (flow.outcome === 'denied' || flow.outcome === 'proxy-auth'),
    );
    const groups = groupBy(refused, (seen) => `${targetOf(seen)} ${seen.flow.outcome}`);
    const found = [...groups.values()].map((own) => {
      const [first] = own;
      const { endpoint, flow } = first;
      const target = targetOf(first);
      if (wasLetThroughLater(first, own, observed.flows)) return say('pass', 'mended', { target }, endpoint?.id);
      const args = { target, count: countSeen(own) };
      if (endpoint === null) return say('warn', 'unlisted', args);
      const known = { ...args, purpose: endpoint.purpose };
      if (endpoint.need === 'optional') return say('pass', 'unneeded', known, endpoint.id);
      const verdict = endpoint.need === 'scan' ? 'fail' : 'warn';
      return say(verdict, flow.outcome === 'denied' ? 'denied' : 'challenged', known, endpoint.id);
    });
    return found.length > 0 ? found : say('pass', 'none', {});
  },
});

/** A policy that was mended meanwhile is no trouble any more. */
function wasLetThroughLater(first: SeenFlow, refused: readonly SeenFlow[], all: readonly SeenFlow[]): boolean {
  const last =
    refused
      .map(({ flow }) => flow.lastAt ?? '')
      .toSorted()
      .at(-1) ?? '';
  return all.some(
    ({ flow, host }) =>
      flow.route === 'proxy' &&
      flow.outcome === 'ok' &&
      host === first.host &&
      flow.targetPort === first.flow.targetPort &&
      (flow.firstAt ?? '') > last,
  );
}
