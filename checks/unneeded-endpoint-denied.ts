import { defineCheck } from '../src/core/check.ts';
import { nameList, proxyAnswered } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'unneeded-endpoint-denied',
  title: 'The proxy denies endpoints that PMS can do without',
  why: 'PMS also contacts endpoints that it can do without. An allow-list denies them on purpose.',
  remedy: 'Nothing needs to be done.',
  severity: 'info',
  needs: ['results'],
  messages: {
    denied: 'Denied, and not needed: {hosts}.',
    none: 'The proxy denies no endpoint that PMS can do without.',
    unanswered: 'No proxy answered for an endpoint.',
  },
  evaluate({ results }, say) {
    const asked = results.filter(({ result }) => proxyAnswered(result));
    const denied = asked.filter(({ result }) => result.need === 'optional' && result.proxy?.outcome === 'denied');
    if (asked.length === 0) return say('not-applicable', 'unanswered', {});
    return denied.length > 0
      ? say('pass', 'denied', { hosts: nameList(denied.map(({ result }) => result.host)) })
      : say('pass', 'none', {});
  },
});
