import { defineCheck } from '../src/core/check.ts';
import { nameList, pmsWays, usability } from '../src/core/judge/pms-way.ts';
import { sourceWords } from '../src/core/words/settings.ts';

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
    blocked: 'For {hosts}, {source} names no proxy, and direct connections fail.',
    untested: 'For {hosts}, {source} names no proxy, and direct connections were not tried.',
    open: 'No proxy is set in {source}, and none is needed: the endpoints of a scan answer directly.',
    configured: 'A proxy is set in {source} for every endpoint of a scan that no_proxy does not exclude.',
  },
  evaluate({ results, routing, settings }, say) {
    const source = sourceWords(settings.used);
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
