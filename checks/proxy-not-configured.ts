import { defineCheck } from '../src/core/check.ts';
import { nameList, pmsWays, usability } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'proxy-not-configured',
  title: 'The settings of PMS name no proxy for what a scan needs',
  why: 'PMS reads the proxy from its environment and nowhere else. Without a variable for https it connects directly, whatever the rest of the machine does.',
  remedy:
    'Set https_proxy and http_proxy, in lower case, in the environment of PMS (a drop-in of its unit, or the options of its container), and restart it; {hosts} then go to the proxy.',
  severity: 'high',
  needs: ['results', 'routing', 'settings'],
  causes: ['proxy-not-in-process'],
  messages: {
    blocked: '{source} names no proxy for {hosts}, and direct connections to them fail.',
    untested: '{source} names no proxy for {hosts}, and direct connections to them were not tried.',
    open: '{source} names no proxy, and none is needed: what a scan needs answers directly.',
    configured: '{source} names a proxy for everything that a scan needs and no_proxy does not exclude.',
  },
  evaluate({ results, routing, settings }, say) {
    const source = settings.used;
    const unproxied = pmsWays(results, routing).filter(
      ({ result, decision }) =>
        result.need === 'scan' &&
        decision.route === 'direct' &&
        decision.excludedBy === null &&
        decision.error === null,
    );
    const hostsThatAre = (wanted: string): string =>
      nameList(unproxied.filter(({ found }) => usability(found) === wanted).map(({ result }) => result.host));
    const blocked = hostsThatAre('unusable');
    const untested = hostsThatAre('undecided');
    if (unproxied.length === 0) return say('pass', 'configured', { source });
    if (blocked !== '') return say('fail', 'blocked', { source, hosts: blocked });
    return untested === '' ? say('pass', 'open', { source }) : say('warn', 'untested', { source, hosts: untested });
  },
});
