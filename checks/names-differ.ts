import { defineCheck } from '../src/core/check.ts';
import { nameList } from '../src/core/judge/pms-way.ts';
import type { ResolverFacts } from '../src/core/model/evidence.ts';

export default defineCheck({
  id: 'names-differ',
  title: 'PMS and other programs of this host resolve a name differently',
  why: 'PMS brings a C library along (musl) that reads the hosts file and asks the name servers. Other programs use the C library of the host, which also takes the ways that nsswitch.conf names. So a test with another program, such as curl or getent, shows what PMS does not see.',
  remedy:
    'Make both agree about {host}: let the name servers of this host answer for it, or enter it in the hosts file.',
  severity: 'low',
  needs: ['resolver'],
  causes: ['dns-fails-locally'],
  messages: {
    'others-only':
      'Other programs of this host resolve {host} to {others}. The hosts file and the name servers do not have it ({code}), and PMS asks no others.',
    'pms-only':
      'PMS resolves {host} to {own}. Other programs of this host do not ({code}): nsswitch.conf leaves out the hosts file or the name servers.',
    scopes: 'PMS resolves {host} to {own} ({scope}), and other programs of this host to {others} ({others-scope}).',
    same: 'PMS and other programs of this host resolve the names that matter alike.',
    unasked: 'The C library of the host was not asked in the place of PMS.',
  },
  evaluate({ resolver: { lookups, bySystem } }, say) {
    if (bySystem === undefined || bySystem.length === 0) return say('not-applicable', 'unasked', {});
    const said = bySystem.flatMap(({ host, code, addresses }) => {
      const asked = lookups.filter((lookup) => lookup.host === host);
      const own = asked.flatMap((lookup) => lookup.addresses);
      const failure = asked.find((lookup) => lookup.code !== null && lookup.code !== 'ENODATA')?.code ?? 'ENODATA';
      if (asked.length === 0) return [];
      if (own.length === 0 && addresses.length === 0) return [];
      if (own.length === 0) return [say('warn', 'others-only', { host, others: listed(addresses), code: failure })];
      // A server that did not answer in time may answer the next question.
      if (addresses.length === 0)
        return code === 'EAI_AGAIN'
          ? []
          : [say('warn', 'pms-only', { host, own: listed(own), code: code ?? 'no address' })];
      const scopes = new Set(own.map(({ scope }) => scope));
      const [mine, theirs] = [own[0]?.scope ?? 'reserved', addresses[0]?.scope ?? 'reserved'];
      // Names with many addresses are answered in turn; only other kinds of addresses lead elsewhere.
      return addresses.some(({ scope }) => scopes.has(scope))
        ? []
        : [
            say('warn', 'scopes', {
              host,
              own: listed(own),
              scope: mine,
              others: listed(addresses),
              'others-scope': theirs,
            }),
          ];
    });
    return said.length > 0 ? said : say('pass', 'same', {});
  },
});

type Addresses = ResolverFacts['lookups'][number]['addresses'];

function listed(addresses: Addresses): string {
  return nameList(
    addresses.map(({ address }) => address),
    2,
  );
}
