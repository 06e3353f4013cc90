import { defineCheck } from '../src/core/check.ts';
import { groupBy } from '../src/core/values/group.ts';
import { targetKey } from '../src/core/judge/let-through.ts';
import { countSeen } from '../src/core/judge/observed.ts';
import { targetOf } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'requests-rate-limited',
  title: 'The proxy limited requests of PMS',
  why: 'A proxy can limit requests or connections of one host. PMS does not ask again at once, so that a scan fails or matches nothing.',
  remedy: 'Raise the limit of the proxy for the PMS host: it kept {target} from being reached.',
  severity: 'medium',
  needs: ['observed'],
  causes: ['proxy-unreachable'],
  messages: {
    limited: 'The proxy limited requests of PMS to {target} (times: {count}).',
    untied: 'The proxy limited requests to {target} (times: {count}), but nothing shows that they were of PMS.',
    none: 'The proxy limited no request of PMS.',
    unwatched: "The proxy's answers were not fully watched or kept: finding no limit proves nothing.",
  },
  evaluate({ observed }, say) {
    const limited = observed.flows.filter(({ flow }) => flow.route === 'proxy' && flow.outcome === 'rate-limited');
    if (limited.length > 0)
      return [...groupBy(limited, targetKey).values()].map((own) => {
        const [first] = own;
        const args = { target: targetOf(first), count: countSeen(own) };
        if (own.every(({ tied }) => !tied)) return say('warn', 'untied', args, first.endpoint?.id);
        return say(first.endpoint?.need === 'scan' ? 'fail' : 'warn', 'limited', args, first.endpoint?.id);
      });
    return observed.shows.proxy && observed.omitted === 0
      ? say('pass', 'none', {})
      : say('not-applicable', 'unwatched', {});
  },
});
