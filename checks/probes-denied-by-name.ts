import { defineCheck } from '../src/core/check.ts';
import { nameList } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'probes-denied-by-name',
  title: 'The proxy denies this program by its name',
  why: 'A proxy can judge requests by their User-Agent. PMS has another one, so denials of the probes of this tool then say nothing about PMS.',
  remedy: 'Allow the User-Agent pms-proxy-doctor on the proxy for this host, to judge more than {hosts}.',
  severity: 'low',
  needs: ['attempts.proxy'],
  messages: {
    denied:
      'The proxy denies {hosts} to requests with the User-Agent pms-proxy-doctor, and answers those without one. Other denials in this report may be of this kind.',
    none: 'The proxy treats requests alike, with and without the name of this program.',
  },
  evaluate({ 'attempts.proxy': attempts }, say) {
    const denied = attempts.filter(({ deniedByName = false }) => deniedByName).map(({ endpoint }) => endpoint);
    return denied.length > 0 ? say('warn', 'denied', { hosts: nameList(denied) }) : say('pass', 'none', {});
  },
});
