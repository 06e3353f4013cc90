import { familyOf } from '../src/core/address.ts';
import { defineCheck } from '../src/core/check.ts';
import { plainName } from '../src/core/flows.ts';
import { groupBy } from '../src/core/group.ts';
import { whoOfAll } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'tunnel-name-mismatch',
  title: 'Inside a tunnel another name is asked for than the proxy was told',
  why: 'A proxy that allows by the CONNECT host can be led past its list when the TLS handshake inside names somebody else (domain fronting); and one that judges both names refuses such a tunnel.',
  remedy:
    'Find out what {process} wants from {inner} behind {outer}; on the proxy, compare both names (Squid: ssl_bump peek, then splice by ssl::server_name).',
  severity: 'medium',
  needs: ['observed'],
  messages: {
    differs: '{process} asked the proxy for {outer}, and in the tunnel for {inner}.',
    address: '{process} gave the proxy the bare address {outer} for {inner}, so it could not judge by name.',
    same: 'Every tunnel that was looked into leads where the proxy was told.',
    unseen: 'No tunnel was looked into.',
  },
  evaluate({ observed }, say) {
    const tunnels = observed.flows.flatMap((seen) => {
      const { names } = seen.flow;
      const outer = names.find(({ source }) => source === 'connect' || source === 'socks')?.name;
      // The public name of an encrypted hello is not whom it is for.
      const inner = names.find(({ source, outer: isPublic }) => source === 'sni' && !isPublic)?.name;
      return outer === undefined || inner === undefined
        ? []
        : [{ seen, outer: plainName(outer), inner: plainName(inner) }];
    });
    if (tunnels.length === 0) return say('not-applicable', 'unseen', {});
    const differing = tunnels.filter(({ outer, inner }) => outer !== inner);
    if (differing.length === 0) return say('pass', 'same', {});
    const groups = groupBy(differing, ({ seen: { flow }, outer, inner }) => `${flow.process} ${outer} ${inner}`);
    return [...groups.values()].map(([first, ...others]) => {
      const { outer, inner, seen } = first;
      const process = whoOfAll([seen, ...others.map((each) => each.seen)]);
      const message = familyOf(outer) === null ? 'differs' : 'address';
      return say('warn', message, { process, outer, inner }, seen.endpoint?.id);
    });
  },
});
