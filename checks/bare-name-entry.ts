import { defineCheck } from '../src/core/check.ts';
import { isAddress } from '../src/core/dialects/address.ts';
import { entriesMeant, excludes, judgedList, proxyVariables, quoted } from '../src/core/dialects/lint.ts';

/** A domain name of two labels or more, without any decoration. */
function isDomain(entry: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i.test(entry) && !isAddress(entry) && !/^[\d.]+$/.test(entry);
}

export default defineCheck({
  id: 'bare-name-entry',
  title: 'no_proxy contains a domain without a leading dot',
  why: '"example.com" also covers everything under it for libcurl, Python and wget, but the name alone for libcurl 7.86 and Node’s http. Whoever expects the one and gets the other sends hosts the wrong way.',
  remedy:
    'In {variable} ({from}), list the names under {entries} one by one, or with a leading dot at the end of the list.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    'exact-only': '{entries} in {variable} ({from}) does not cover the names under it for PMS, whose libcurl is 7.86.',
    subdomains: '{entries} in {variable} ({from}) also covers every name under it, for PMS and its plug-ins.',
    none: 'no_proxy contains no domain without a leading dot.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings, routing }, say) {
    const list = judgedList(settings);
    if (proxyVariables(settings).length === 0 || !list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter(isDomain);
    if (entries.length === 0) return say('pass', 'none', {});
    const args = { variable: list.name, from: list.from, entries: quoted(entries) };
    const covered = entries.every((entry) => excludes(routing.pmsDialect, entry, `host.${entry}`));
    return covered ? say('pass', 'subdomains', args) : say('warn', 'exact-only', args);
  },
});
