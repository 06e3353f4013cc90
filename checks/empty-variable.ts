import { defineCheck } from '../src/core/check.ts';
import { judgedVariables, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'empty-variable',
  title: 'A variable is set to the empty string',
  why: 'libcurl treats an empty variable as unset and reads the upper-case name instead. Python and wget treat it as set, so it hides the upper-case one.',
  remedy: 'Remove the empty {variable} from {from}, or give it the value of {upper}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    hides: '{variable} in {from} is empty: PMS reads {upper} instead, its Python plug-ins read neither.',
    harmless: '{variable} in {from} is empty; PMS and its plug-ins treat it as unset.',
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
