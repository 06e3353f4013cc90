import { defineCheck } from '../src/core/check.ts';
import { isAddress } from '../src/core/dialects/address.ts';
import { entriesMeant, excludes, judgedList, proxyVariables, quoted } from '../src/core/dialects/lint.ts';

/** `10.0.0.0/8` gives `10.0.0.0`; null when the entry is no network. */
function networkOf(entry: string): string | null {
  const base = /^([^/]+)\/\d+$/.exec(entry)?.[1] ?? '';
  return isAddress(base) ? base : null;
}

export default defineCheck({
  id: 'cidr-entry',
  title: 'no_proxy contains a network',
  why: 'libcurl reads IPv4 networks since 7.86 and IPv6 networks since 8.18; Python’s urllib, which plug-ins use, wget and Node read neither. A network only covers addresses, never names that resolve into it.',
  remedy: 'In {variable} ({from}), list the names or single addresses that are meant by {entries}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    ignored: '{entries} in {variable} ({from}) has no effect on PMS, whose libcurl is judged as {dialect}.',
    honoured:
      '{entries} in {variable} ({from}) is read by PMS (as {dialect}) for addresses; not by its Python plug-ins, by wget or by Node.',
    none: 'no_proxy contains no network.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = judgedList(settings);
    if (proxyVariables(settings).length === 0 || !list) return say('not-applicable', 'unset', {});
    const where = { variable: list.name, from: list.from, dialect: routing.pmsDialect };
    const entries = entriesMeant(list.value).filter((entry) => networkOf(entry) !== null);
    if (entries.length === 0) return say('pass', 'none', {});
    const ignored = entries.filter((entry) => !excludes(routing.pmsDialect, entry, networkOf(entry) ?? ''));
    return ignored.length > 0
      ? say('warn', 'ignored', { ...where, entries: quoted(ignored) })
      : say('pass', 'honoured', { ...where, entries: quoted(entries) });
  },
});
