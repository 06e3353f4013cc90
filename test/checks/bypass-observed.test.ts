import check from '../../checks/bypass-observed.ts';
import type { FlowName } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture, source, type FixtureOptions } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic, watcher } from '../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const CAPTURE = [watcher('capture')];
const PROXYLESS: FixtureOptions = { variables: {}, viaProxy: null };
const dns = (name: string): FlowName => ({ name, source: 'dns', outer: false });
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });
const unowned = { process: null, pid: null, attribution: null } as const;

checkRows(check, [
  {
    name: 'a dropped connection',
    facts: seen(directFlow(METADATA)),
    expected: {
      verdict: 'fail',
      message: 'seen',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: `${METADATA}:443`,
        outcome: 'no reply',
        tries: 4,
        seenIn: 'packets',
      },
      endpoint: METADATA,
    },
  },
  {
    name: 'one that got out',
    facts: seen(directFlow(METADATA, { outcome: 'ok', tries: 1 })),
    expected: { verdict: 'fail', message: 'seen' },
  },
  {
    name: 'an endpoint that nobody needs',
    facts: seen(directFlow('metrics.plex.tv')),
    expected: { verdict: 'warn', message: 'seen', endpoint: 'metrics.plex.tv' },
  },
  {
    name: 'a program that is started for every file is one finding; another program is another',
    facts: seen(
      directFlow(METADATA, { pid: 931 }),
      directFlow(METADATA, { pid: 932 }),
      directFlow(METADATA, { process: 'Plex Script Host', pid: 940 }),
    ),
    expected: [
      {
        verdict: 'fail',
        message: 'seen',
        args: {
          process: 'Plex Media Scanner (2 processes)',
          target: `${METADATA}:443`,
          outcome: 'no reply',
          tries: 8,
          seenIn: 'packets',
        },
      },
      { verdict: 'fail', message: 'seen' },
    ],
  },
  {
    name: 'sockets and packets show the same connection once',
    facts: seen(directFlow(METADATA), directFlow(METADATA, { tries: 1, seenBy: ['socket'] })),
    expected: {
      verdict: 'fail',
      message: 'seen',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: `${METADATA}:443`,
        outcome: 'no reply',
        tries: 4,
        seenIn: 'packets, its sockets',
      },
    },
  },
  {
    name: 'sampled sockets did not see what became of it, and the name is our own lookup',
    facts: seen(
      directFlow(null, {
        names: [{ name: METADATA, source: 'lookup', outer: false }],
        outcome: null,
        tries: 1,
        seenBy: ['socket'],
      }),
    ),
    expected: {
      verdict: 'fail',
      message: 'seen',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: `${METADATA}:443 (by its address 45.76.0.10)`,
        outcome: 'outcome not seen',
        tries: 1,
        seenIn: 'its sockets',
      },
    },
  },
  {
    name: 'nobody knows whose it is, and two endpoints share the address',
    facts: seen(directFlow(null, { ...unowned, names: [dns('plex.tv'), dns(METADATA)] })),
    expected: {
      verdict: 'fail',
      message: 'seen',
      args: {
        process: 'a process of 10.0.0.2',
        target: `45.76.0.10:443 (one of plex.tv, ${METADATA})`,
        outcome: 'no reply',
        tries: 4,
        seenIn: 'packets',
      },
      endpoint: null,
    },
  },
  {
    name: 'nobody knows whose it is, and a stranger shares the address',
    facts: seen(directFlow(null, { ...unowned, names: [dns('plex.tv'), dns('shop.example')] })),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a host that the catalogue lacks, of PMS and of nobody known',
    facts: seen(directFlow('api.example'), directFlow('api.example', unowned)),
    expected: { verdict: 'fail', message: 'seen', endpoint: null },
  },
  {
    name: 'the public name of an encrypted hello does not hide what DNS says',
    facts: seen(
      directFlow(null, {
        names: [{ name: 'public.example', source: 'sni', outer: true }, dns('plex.tv')],
        outcome: 'ok',
      }),
    ),
    expected: { verdict: 'fail', message: 'seen', endpoint: 'plex.tv' },
  },
  {
    name: 'QUIC, which TCP and a proxy could carry as well',
    facts: seen(directFlow('plex.tv', { transport: 'udp', protocol: 'quic' })),
    expected: { verdict: 'fail', message: 'seen' },
  },
  {
    name: 'IPv6',
    facts: seen(directFlow(null, { family: 6, address: '2a00:1450::10' })),
    expected: {
      verdict: 'fail',
      message: 'seen',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: '[2a00:1450::10]:443',
        outcome: 'no reply',
        tries: 4,
        seenIn: 'packets',
      },
    },
  },
  {
    name: 'no proxy carries NTP or DNS, and the LAN needs none',
    facts: seen(
      directFlow(null, { transport: 'udp', protocol: 'ntp', port: 123, targetPort: 123 }),
      directFlow(null, { transport: 'udp', protocol: 'dns', port: 53, targetPort: 53 }),
      directFlow(null, { port: 53, targetPort: 53, seenBy: ['socket'] }),
      directFlow(null, { transport: 'udp', protocol: 'ssdp', address: '239.255.255.250', port: 1900, route: 'lan' }),
      directFlow(null, { address: '127.0.0.1', port: 32_400, route: 'loopback' }),
    ),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a capture beside the proxy shows its own connections',
    facts: seen(
      proxiedFlow('plex.tv', { address: '10.0.0.3', port: 3128, seenBy: ['capture'] }),
      directFlow('plex.tv', { ...unowned, client: '10.0.0.3', outcome: 'ok' }),
    ),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'on a host that runs PMS and the proxy nobody can tell whose they are',
    facts: seen(
      proxiedFlow('plex.tv', { client: '10.0.0.3', address: '10.0.0.3', port: 3128, seenBy: ['capture'] }),
      directFlow('plex.tv', { ...unowned, client: '10.0.0.3', outcome: 'ok' }),
    ),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'no_proxy sends it there, and it gets there',
    facts: factsFixture({
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv' },
      traffic: traffic([directFlow('plex.tv', { outcome: 'ok' })]),
    }),
    expected: {
      verdict: 'pass',
      message: 'excluded',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: 'plex.tv:443',
        outcome: 'connected',
        entry: 'plex.tv',
      },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'no_proxy sends it there, and it is stopped',
    facts: factsFixture({
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv' },
      traffic: traffic([directFlow('plex.tv')]),
    }),
    expected: { verdict: 'fail', message: 'seen' },
  },
  {
    name: 'sockets alone, and nothing seen',
    facts: factsFixture({ traffic: traffic([], { watchers: [watcher('socket')] }) }),
    expected: { verdict: 'not-applicable', message: 'sampled' },
  },
  {
    name: 'no_proxy names a host that the catalogue lacks',
    facts: factsFixture({
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: '.example' },
      traffic: traffic([directFlow('api.example')]),
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a proxy that only the unit names',
    facts: factsFixture({
      ...PROXYLESS,
      otherSources: [source('unit:plexmediaserver.service', 'unit', { https_proxy: PROXY })],
      traffic: traffic([directFlow('plex.tv')], { watchers: CAPTURE }),
    }),
    expected: { verdict: 'fail', message: 'seen' },
  },
  {
    name: 'no proxy at all, or one of the shell alone',
    facts: factsFixture({
      ...PROXYLESS,
      otherSources: [source('shell', 'shell', { https_proxy: PROXY })],
      traffic: traffic([directFlow('plex.tv', { outcome: 'ok' })], { watchers: CAPTURE }),
    }),
    expected: { verdict: 'not-applicable', message: 'proxyless' },
  },
  {
    name: 'only the log of the proxy',
    facts: factsFixture({ traffic: traffic([proxiedFlow('plex.tv')], { watchers: [watcher('access-log')] }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'flows that were not kept',
    facts: factsFixture({ traffic: traffic([proxiedFlow('plex.tv')], { omitted: 3 }) }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'nobody watched',
    facts: factsFixture(),
    expected: { verdict: 'not-applicable', message: 'NOT_WATCHED' },
  },
]);
