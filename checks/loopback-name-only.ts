import { defineCheck } from '../src/core/check.ts';
import { DIALECTS } from '../src/core/dialects/index.ts';
import { excludes, listInUse, variablesOf } from '../src/core/judge/settings/judged-settings.ts';
import { PMS_PORT } from '../src/core/values/pms-port.ts';

export default defineCheck({
  id: 'loopback-name-only',
  title: 'no_proxy covers only one spelling of this machine',
  why: 'Clients compare text: "localhost" in no_proxy does not cover 127.0.0.1, nor the other way round. PMS and its scanner use the address.',
  remedy: 'Add {missing} to {variable} in {from}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  supersededBy: ['loopback-through-proxy'],
  causes: ['loopback-through-proxy'],
  messages: {
    half: '{variable} in {from} covers {covered}, but not {missing}.',
    both: 'no_proxy covers localhost and 127.0.0.1 alike.',
    unproxied: 'No proxy is set for plain HTTP, so calls of PMS to itself stay on this machine.',
    neither: 'no_proxy covers neither localhost nor 127.0.0.1.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const byName = excludes(routing.pmsDialect, list.value, 'localhost');
    const byAddress = excludes(routing.pmsDialect, list.value, '127.0.0.1');
    if (byName === byAddress) return byName ? say('pass', 'both', {}) : say('pass', 'neither', {});
    const [covered, missing] = byName ? ['localhost', '127.0.0.1'] : ['127.0.0.1', 'localhost'];
    const target = { scheme: 'http', host: missing, port: PMS_PORT } as const;
    const { route } = DIALECTS[routing.pmsDialect].decide(variablesOf(settings), target);
    if (route === 'direct') return say('pass', 'unproxied', {});
    return say('warn', 'half', { variable: list.name, from: list.from, covered, missing });
  },
});
