import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, listInUse, quoted } from '../src/core/judge/settings/judged-settings.ts';
import { addressBytes } from '../src/core/values/address.ts';

/** Numbers and dots that are no whole address: `192.168.`, `10`, `1.1`, and ranges of addresses. */
function isPartOfAddress(entry: string): boolean {
  if (addressBytes(entry) !== null) return false;
  return /^\.?\d{1,3}(?:\.\d{1,3}){0,2}\.?$/.test(entry) || /^[\d.]+-[\d.]+$/.test(entry);
}

export default defineCheck({
  id: 'address-suffix-entry',
  title: 'no_proxy contains a part of an address',
  why: 'No client reads "192.168." as a network. Python and wget compare from the right, as with domains, so that "1.1" covers 192.168.1.1; libcurl since 7.86 ignores it. Only Node’s http reads ranges.',
  remedy: 'In {variable} ({from}), list whole addresses, or a network such as 192.168.0.0/16, instead of {entries}.',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    part: '{entries} in {variable} ({from}) looks like a network, but no client reads it as one.',
    none: 'All addresses in no_proxy are whole.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const entries = entriesMeant(list.value).filter(isPartOfAddress);
    return entries.length > 0
      ? say('warn', 'part', { variable: list.name, from: list.from, entries: quoted(entries) })
      : say('pass', 'none', {});
  },
});
