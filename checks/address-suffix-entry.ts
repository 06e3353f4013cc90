import { defineCheck } from '../src/core/check.ts';
import { isAddress } from '../src/core/dialects/address.ts';
import { entriesMeant, judgedList, proxyVariables, quoted } from '../src/core/dialects/lint.ts';

/** Numbers and dots that are no whole address: `192.168.`, `10`, `1.1`, and ranges of addresses. */
function isPartOfAddress(entry: string): boolean {
  if (isAddress(entry)) return false;
  return /^\.?\d{1,3}(?:\.\d{1,3}){0,2}\.?$/.test(entry) || /^[\d.]+-[\d.]+$/.test(entry);
}

export default defineCheck({
  id: 'address-suffix-entry',
  title: 'no_proxy contains a part of an address',
  why: 'Nobody reads "192.168." as a network. Python and wget compare from the right, as with domains, so that "1.1" covers 192.168.1.1; libcurl since 7.86 ignores it. Ranges are known to Node’s http alone.',
  remedy: 'In {variable} ({from}), list whole addresses, or a network such as 192.168.0.0/16, instead of {entries}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    part: '{entries} in {variable} ({from}) does not mean the network that it looks like.',
    none: 'All addresses in no_proxy are whole.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings }, say) {
    const list = judgedList(settings);
    if (proxyVariables(settings).length === 0 || !list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter(isPartOfAddress);
    return entries.length > 0
      ? say('warn', 'part', { variable: list.name, from: list.from, entries: quoted(entries) })
      : say('pass', 'none', {});
  },
});
