import { defineCheck } from '../src/core/check.ts';
import { judgedVariables, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'mixed-case-variables',
  title: 'A variable is set twice, in upper and lower case, or in mixed case',
  why: 'libcurl, Python, wget and Node take the lower-case variable, Go the upper-case one. Only Python reads a name in mixed case.',
  remedy: 'Give {upper} the same value as its lower-case name, or remove it from {from}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    differ: '{upper} in {from} and {lower} differ: PMS takes {lower}, programs in Go take {upper}.',
    odd: 'The Python plug-ins of PMS read {upper} in {from}, PMS itself does not.',
    same: 'No variable is set to two values.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings }, say) {
    if (proxyVariables(settings).length === 0) return say('not-applicable', 'unset', {});
    const variables = judgedVariables(settings).filter(({ name, value }) => /_proxy$/i.test(name) && value !== '');
    const found = variables.flatMap(({ name, value, from }) => {
      const lower = name.toLowerCase();
      if (name === lower) return [];
      if (name !== name.toUpperCase()) return [say('warn', 'odd', { upper: name, from })];
      const other = variables.find((candidate) => candidate.name === lower);
      return other && other.value !== value ? [say('warn', 'differ', { upper: name, from, lower })] : [];
    });
    return found.length > 0 ? found : say('pass', 'same', {});
  },
});
