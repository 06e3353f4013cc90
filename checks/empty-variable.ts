import { defineCheck } from '../src/core/check.ts';
import { judgedVariables, proxyVariables } from '../src/core/dialects/lint.ts';

export default defineCheck({
  id: 'empty-variable',
  title: 'A variable is set to the empty string',
  why: 'For libcurl an empty variable is not set, and the upper-case name is read instead. For Python and wget it is set, and hides the upper-case one.',
  remedy: 'Remove the empty {variable} from {from}, or give it the value of {upper}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    hides: '{variable} in {from} is empty: PMS reads {upper} instead, its Python plug-ins read neither.',
    harmless: '{variable} in {from} is empty, which is as good as not set for PMS and its plug-ins.',
    none: 'No variable is empty.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings }, say) {
    if (proxyVariables(settings).length === 0) return say('not-applicable', 'unset', {});
    const variables = judgedVariables(settings).filter(({ name }) => /_proxy$/i.test(name));
    const found = variables
      .filter(({ value }) => value === '')
      .map(({ name, from }) => {
        const upper = name.toUpperCase();
        // libcurl never reads HTTP_PROXY, and Python has no use for ALL_PROXY.
        const isHidden =
          (name === 'https_proxy' || name === 'no_proxy') && variables.some((v) => v.name === upper && v.value);
        return isHidden
          ? say('warn', 'hides', { variable: name, from, upper })
          : say('pass', 'harmless', { variable: name, from });
      });
    return found.length > 0 ? found : say('pass', 'none', {});
  },
});
