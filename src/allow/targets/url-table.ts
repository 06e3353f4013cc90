import { connected, defineTarget, split } from '../target.ts';
import { portsOf, purposeOf } from '../words.ts';

export default defineTarget({
  id: 'url-table',
  title: 'URL table of pfSense or OPNsense, addresses one a line',
  decidesBy: 'address',
  comment: '#',
  needsAddresses: true,
  install: [
    'Put it on a web server of yours, and make an alias of the type "URL Table (IPs)" with its address. Not every version takes names in such tables, so they were resolved now.',
    'Addresses change: write it anew more often than the alias is read. An alias of hosts (--target pfsense, --target opnsense) resolves by itself.',
  ],
  limits: [
    'An address is no name: every other site on an allowed address is allowed as well. allow --collateral lists those that are known.',
    'It holds no ports: the rule with the alias does.',
  ],
  draw: (list) => {
    const { names: all, notIn } = connected(list);
    const { names, notIn: lacking } = split(all, ({ host }) =>
      addressesOf(list.addresses, host).length > 0 ? null : 'no address was found',
    );
    const seen = new Set<string>();
    const lines = names.flatMap((name) => {
      const added = addressesOf(list.addresses, name.host).filter((address) => !seen.has(address));
      for (const address of added) seen.add(address);
      return [`# ${name.host}, port ${portsOf({ ...name, isResolved: false })}: ${purposeOf(name)}`, ...added];
    });
    return { lines, notIn: [...notIn, ...lacking] };
  },
});

/** Of a pattern, those of the names below it that were seen. */
function addressesOf(addresses: ReadonlyMap<string, readonly string[]>, host: string): readonly string[] {
  if (!host.startsWith('*.')) return addresses.get(host) ?? [];
  return [...addresses].flatMap(([name, own]) => (name.endsWith(host.slice(1)) ? own : []));
}
