import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, excludes, listInUse, PLUG_INS, quoted } from '../src/core/judge/settings/judged-settings.ts';
import type { DialectId } from '../src/core/dialects/index.ts';

/** Entries that the client understands alone, but no longer where they stand in the list. */
function lostBy(dialect: DialectId, list: string): readonly string[] {
  const hosts = entriesMeant(list).map((entry) => ({ entry, host: entry.replace(/^\*?\.+/, '') }));
  return hosts
    .filter(({ entry, host }) => excludes(dialect, entry, host) && !excludes(dialect, list, host))
    .map(({ entry }) => entry);
}

export default defineCheck({
  id: 'space-separated-list',
  title: 'no_proxy is not separated by commas alone',
  why: 'A space ends the list for libcurl since 8.9, and Python takes the text between two commas, spaces included, for one name. Semicolons and bars are not separators.',
  remedy: 'Separate the entries of {variable} in {from} by commas; these are lost: {entries}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    lost: 'PMS (as {dialect}) does not see {entries} in {variable} ({from}), because not only commas separate the entries.',
    'plug-ins':
      'The Python plug-ins of PMS do not see {entries} in {variable} ({from}), because not only commas separate the entries.',
    commas: 'Only commas separate the entries of no_proxy, or other separators do no harm.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const where = { variable: list.name, from: list.from };
    // With commas only, an entry is lost for reasons that other checks cover.
    if (!/[^\s,;|][\s;|]+[^\s,;|]/.test(list.value)) return say('pass', 'commas', {});
    const lost = lostBy(routing.pmsDialect, list.value);
    if (lost.length > 0) {
      return say('warn', 'lost', { ...where, entries: quoted(lost), dialect: routing.pmsDialect });
    }
    const lostByPlugIns = lostBy(PLUG_INS, list.value);
    return lostByPlugIns.length > 0
      ? say('warn', 'plug-ins', { ...where, entries: quoted(lostByPlugIns) })
      : say('pass', 'commas', {});
  },
});
