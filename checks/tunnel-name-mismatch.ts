import { familyOf } from '../src/core/values/address.ts';
import { defineCheck } from '../src/core/check.ts';
import { plainName } from '../src/core/judge/traffic/flows.ts';
import { groupBy } from '../src/core/values/group.ts';
import { whoOfAll } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'tunnel-name-mismatch',
  title: 'A tunnel leads to another name than the proxy was given',
  why: 'When the TLS handshake names another host than CONNECT (domain fronting), it gets past a proxy that allows by the CONNECT host. A proxy that compares both names refuses such a tunnel.',
  remedy:
    'Find out why {process} contacts {inner} behind {outer}; on the proxy, compare both names (Squid: ssl_bump peek, then splice by ssl::server_name).',
  severity: 'medium',
  needs: ['observed'],
  messages: {
    differs: '{process} asked the proxy for {outer}, but {inner} inside the tunnel.',
    address: '{process} gave the proxy only the address {outer} for {inner}, so the proxy could not judge by name.',
    same: 'Every inspected tunnel leads to the name that the proxy was given.',
    unseen: 'No tunnel was inspected.',
  },
  evaluate({ observed }, say) {
    const tunnels = observed.flows.flatMap((seen) => {
      const { names } = seen.flow;
      const outer = names.find(({ source }) => source === 'connect' || source === 'socks')?.name;
      // The public name of an encrypted ClientHello is not the real target.
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
