import check from '../../checks/nameless-connection.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });

checkRows(check, [
  {
    name: 'a bare address, by two children',
    facts: seen(directFlow(null, { outcome: 'ok' }), directFlow(null, { outcome: 'ok', pid: 940 })),
    expected: {
      verdict: 'warn',
      message: 'seen',
      args: { process: 'Plex Media Scanner (2 processes)', target: '45.76.0.10:443', outcome: 'connected' },
    },
  },
  {
    name: 'IPv6 in the network of a container',
    facts: seen(
      directFlow(null, {
        process: null,
        pid: null,
        attribution: 'network',
        family: 6,
        address: '2a00::1',
        seenBy: ['sealed-network'],
      }),
    ),
    expected: {
      verdict: 'warn',
      message: 'seen',
      args: { process: 'a process of 10.0.0.2', target: '[2a00::1]:443', outcome: 'no reply' },
    },
  },
  {
    name: 'named, of nobody known, on the LAN, to the proxy, of another transport, or seen without names anyway',
    facts: seen(
      directFlow('api.example'),
      directFlow(null, { process: null, pid: null, attribution: null }),
      directFlow(null, { address: '192.168.0.9', route: 'lan' }),
      directFlow(null, { transport: 'udp', protocol: 'mdns', address: 'ff02::fb', port: 5353, route: 'lan' }),
      directFlow(null, { transport: 'udp', protocol: 'ntp', port: 123, targetPort: 123 }),
      directFlow(null, { seenBy: ['socket'] }),
      proxiedFlow(null),
    ),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'sockets show no names',
    facts: factsFixture({
      traffic: traffic([directFlow(null, { seenBy: ['socket'] })], { watchers: [watcher('socket')] }),
    }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'flows that were not kept',
    facts: factsFixture({ traffic: traffic([], { omitted: 1 }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
]);
