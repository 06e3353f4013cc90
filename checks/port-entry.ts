import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'port-entry',
  title: 'no_proxy contains a port',
  why: 'libcurl compares the host alone, so an entry with a port never matches. Python, Go and Node compare the port too, so PMS and its plug-ins differ.',
  remedy: 'In {variable} ({from}), write the host without its port instead of {entries}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    ignored: '{entries} in {variable} ({from}) has no effect on PMS: libcurl knows no ports in no_proxy.',
    none: 'No entry of no_proxy has a port.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter((entry) => /^(?:\[[^\]]*\]|[^:[\]]+):\d+$/.test(entry));
    return entries.length > 0
      ? say('warn', 'ignored', { variable: list.name, from: list.from, entries: quoted(entries) })
      : say('pass', 'none', {});
  },
});
