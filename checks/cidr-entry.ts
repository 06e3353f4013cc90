import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, excludes, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';
import { addressBytes } from '../src/core/values/address.ts';

/** `10.0.0.0/8` gives `10.0.0.0`; null when the entry is no network. */
function networkOf(entry: string): string | null {
  const base = /^([^/]+)\/\d+$/.exec(entry)?.[1] ?? '';
  return addressBytes(base) !== null ? base : null;
}

export default defineCheck({
  id: 'cidr-entry',
  title: 'no_proxy contains a network',
  why: 'libcurl reads IPv4 networks since 7.86 and IPv6 networks since 8.18; Python’s urllib, which plug-ins use, wget and Node read neither. A network only covers addresses, never names that resolve into it.',
  remedy: 'In {variable} ({from}), list single names or addresses instead of {entries}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    ignored: '{entries} in {variable} ({from}) has no effect on PMS (judged as {dialect}).',
    honoured:
      'PMS (as {dialect}) applies {entries} in {variable} ({from}) to addresses; its Python plug-ins, wget and Node ignore it.',
    none: 'no_proxy contains no network.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const where = { variable: list.name, from: list.from, dialect: routing.pmsDialect };
    const entries = entriesMeant(list.value).filter((entry) => networkOf(entry) !== null);
    if (entries.length === 0) return say('pass', 'none', {});
    const ignored = entries.filter((entry) => !excludes(routing.pmsDialect, entry, networkOf(entry) ?? ''));
    return ignored.length > 0
      ? say('warn', 'ignored', { ...where, entries: quoted(ignored) })
      : say('pass', 'honoured', { ...where, entries: quoted(entries) });
  },
});
