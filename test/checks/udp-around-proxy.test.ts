import check from '../../checks/udp-around-proxy.ts';
import type { Flow } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const udp = (host: string | null, protocol: string | null, port: number, more: Partial<Flow> = {}): Flow =>
  directFlow(host, { transport: 'udp', protocol, port, targetPort: port, outcome: null, tries: 1, ...more });
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });
const PROCESS = 'Plex Media Scanner (pid 931)';

checkRows(check, [
  {
    name: 'QUIC of a known process, and of nobody known to an endpoint',
    facts: seen(
      udp('plex.tv', 'quic', 443),
      udp('plex.tv', 'quic', 443, { process: null, pid: null, attribution: null }),
    ),
    expected: [
      {
        verdict: 'warn',
        message: 'quic',
        args: { process: PROCESS, target: 'plex.tv:443', outcome: 'outcome not seen' },
        endpoint: 'plex.tv',
      },
      { verdict: 'warn', message: 'quic' },
    ],
  },
  {
    name: 'a foreign name server, by its packets and by a socket',
    facts: seen(udp(null, 'dns', 53, { outcome: 'ok' }), udp(null, null, 53, { family: 6, address: '2a00::53' })),
    expected: [
      { verdict: 'warn', message: 'dns', args: { process: PROCESS, target: '45.76.0.10:53', outcome: 'connected' } },
      { verdict: 'warn', message: 'dns' },
    ],
  },
  {
    name: 'NTP, and what nobody recognised',
    facts: seen(udp('pool.example', 'ntp', 123), udp(null, null, 4_000)),
    expected: [
      {
        verdict: 'warn',
        message: 'other',
        args: { process: PROCESS, target: 'pool.example:123', protocol: 'ntp', outcome: 'outcome not seen' },
      },
      { verdict: 'warn', message: 'other' },
    ],
  },
  {
    name: 'DNS over TCP, over TLS and over HTTPS',
    facts: seen(
      directFlow(null, { port: 53, targetPort: 53, protocol: 'dns' }),
      directFlow(null, { port: 853, targetPort: 853 }),
      directFlow('dns.google'),
    ),
    expected: [
      { verdict: 'warn', message: 'dns' },
      { verdict: 'warn', message: 'dns' },
      { verdict: 'warn', message: 'dns' },
    ],
  },
  {
    name: 'the LAN, TCP, and strangers of whom nothing is known',
    facts: seen(
      udp(null, 'ssdp', 1900, { address: '239.255.255.250', route: 'lan' }),
      udp(null, 'dns', 53, { address: '10.0.0.1', route: 'lan' }),
      directFlow('plex.tv'),
      udp('pool.example', 'ntp', 123, { process: null, pid: null, attribution: null }),
    ),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'only the log of the proxy',
    facts: factsFixture({ traffic: traffic([proxiedFlow('plex.tv')], { watchers: [watcher('access-log')] }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'without a proxy',
    facts: factsFixture({
      variables: {},
      viaProxy: null,
      traffic: traffic([udp('plex.tv', 'quic', 443)], { watchers: [watcher('capture')] }),
    }),
    expected: { verdict: 'not-applicable', message: 'proxyless' },
  },
]);
