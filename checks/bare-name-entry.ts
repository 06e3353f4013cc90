import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, excludes, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';
import { addressBytes } from '../src/core/values/address.ts';

/** A domain name of two labels or more, without any decoration. */
function isDomain(entry: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i.test(entry) && addressBytes(entry) === null && !/^[\d.]+$/.test(entry);
}

export default defineCheck({
  id: 'bare-name-entry',
  title: 'no_proxy contains a domain without a leading dot',
  why: '"example.com" also covers everything under it for libcurl, Python and wget, but the name alone for libcurl 7.86 and Node’s http. An entry written for one client can send hosts the wrong way in another.',
  remedy:
    'In {variable} ({from}), list the names under {entries} one by one, or with a leading dot at the end of the list.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    'exact-only': 'PMS (libcurl 7.86) does not apply {entries} in {variable} ({from}) to the names under it.',
    subdomains: 'PMS and its plug-ins also apply {entries} in {variable} ({from}) to every name under it.',
    none: 'no_proxy contains no domain without a leading dot.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter(isDomain);
    if (entries.length === 0) return say('pass', 'none', {});
    const args = { variable: list.name, from: list.from, entries: quoted(entries) };
    const covered = entries.every((entry) => excludes(routing.pmsDialect, entry, `host.${entry}`));
    return covered ? say('pass', 'subdomains', args) : say('warn', 'exact-only', args);
  },
});
