import { defineCheck } from '../src/core/check.ts';
import { nameList } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'probes-rate-limited',
  title: 'The proxy limited the requests of this tool',
  why: 'A proxy can limit requests or connections of one host. Probes that meet this limit say nothing about an endpoint, and PMS may meet the same limit on a busy day.',
  remedy: 'Raise the limit of the proxy for this host, or run this again in a few minutes, to judge {hosts} as well.',
  severity: 'low',
  needs: ['attempts.proxy'],
  messages: {
    undecided: 'The proxy limited the requests of this tool, also one by one: {hosts} could not be judged.',
    'come-back':
      'The proxy limited the requests of this tool and asks to come back in {seconds} s, which is longer than this run waits: {hosts} could not be judged.',
    slowed: 'The proxy limited the requests of this tool (times: {count}); asked one by one, it answered.',
    none: 'The proxy did not limit the requests of this tool.',
  },
  evaluate({ 'attempts.proxy': attempts }, say) {
    const limited = attempts.filter((attempt) => attempt.limited === true);
    if (limited.length === 0) return say('pass', 'none', {});
    const undecided = limited.filter(({ outcome }) => outcome === 'rate-limited');
    if (undecided.length === 0) return say('pass', 'slowed', { count: limited.length });
    const hosts = nameList(undecided.map(({ endpoint }) => endpoint));
    const seconds = Math.max(0, ...undecided.map(({ retryAfterS = 0 }) => retryAfterS));
    // It was asked again after a time that fits into a run.
    return seconds > 1 ? say('warn', 'come-back', { hosts, seconds }) : say('warn', 'undecided', { hosts });
  },
});
