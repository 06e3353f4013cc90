import { defineCheck } from '../src/core/check.ts';
import { proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'schemeless-proxy',
  title: 'The proxy is written without a scheme',
  why: 'libcurl and Python take "proxy:3128" for http. Node 24 with NODE_USE_ENV_PROXY=1 ends at its start, and Python’s requests takes a name without a dot for the scheme itself.',
  remedy: 'Write http:// before the value of {variable} in {from}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    schemeless: '{variable} in {from} is "{value}", without a scheme: PMS takes it for http, other programs fail.',
    schemed: 'Every proxy is written with a scheme.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings }, say) {
    const variables = proxyVariables(settings);
    if (variables.length === 0) return say('not-applicable', 'unset', {});
    const found = variables
      .filter(({ value }) => value.trim() !== '' && !value.includes('://'))
      .map(({ name, value, from }) => say('warn', 'schemeless', { variable: name, from, value }));
    return found.length > 0 ? found : say('pass', 'schemed', {});
  },
});
