import { defineCheck } from '../src/core/check.ts';
import { whoOf } from '../src/core/tell-flow.ts';

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
    same: 'Every tunnel that was looked into leads where the proxy was told.',
    unseen: 'No tunnel was looked into.',
  },
  evaluate({ observed }, say) {
    const tunnels = observed.flows.flatMap(({ flow }) => {
      const outer = flow.names.find(({ source }) => source === 'connect' || source === 'socks')?.name;
      // The public name of an encrypted hello is not whom it is for.
      const inner = flow.names.find(({ source, outer: isPublic }) => source === 'sni' && !isPublic)?.name;
      return outer === undefined || inner === undefined ? [] : [{ flow, outer, inner }];
    });
    if (tunnels.length === 0) return say('not-applicable', 'unseen', {});
    const differing = tunnels.filter(({ outer, inner }) => plain(outer) !== plain(inner));
    if (differing.length === 0) return say('pass', 'same', {});
    return differing.map(({ flow, outer, inner }) => say('warn', 'differs', { process: whoOf(flow), outer, inner }));
  },
});

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
