import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'wildcard-entry',
  title: 'no_proxy contains an asterisk',
  why: 'libcurl, Python and wget know no patterns: an asterisk means everything when it is the whole list, and nothing at all in any other place. Only Node and Go read "*.example.com".',
  remedy: 'In {variable} ({from}), write ".example.com" or "example.com" instead of {entries}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    ignored: '{entries} in {variable} ({from}) has no effect on PMS and its plug-ins.',
    everything: '{entries} is all of {variable} ({from}): PMS and its plug-ins use no proxy for anything.',
    none: 'no_proxy contains no asterisk.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const where = { variable: list.name, from: list.from };
    if (list.value === '*') return say('warn', 'everything', { ...where, entries: '"*"' });
    const entries = entriesMeant(list.value).filter((entry) => entry.includes('*'));
    return entries.length > 0
      ? say('warn', 'ignored', { ...where, entries: quoted(entries) })
      : say('pass', 'none', {});
  },
});
