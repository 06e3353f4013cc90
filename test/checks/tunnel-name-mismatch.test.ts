import check from '../../checks/tunnel-name-mismatch.ts';
import type { Flow, FlowName } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const tunnel = (connect: string, sni: string, more: Partial<FlowName> = {}, flow: Partial<Flow> = {}): Flow =>
  proxiedFlow(null, {
    process: 'Plex Media Server',
    pid: 812,
    names: [
      { name: sni, source: 'sni', outer: false, ...more },
      { name: connect, source: 'connect', outer: false },
    ],
    seenBy: ['capture'],
    ...flow,
  });
const seen = (...flows: Parameters<typeof traffic>[0]) => factsFixture({ traffic: traffic(flows) });

checkRows(check, [
  {
    name: 'another name inside, seen twice',
    facts: seen(tunnel('plex.tv', 'hidden.example'), tunnel('plex.tv', 'hidden.example', {}, { pid: 813 })),
    expected: {
      verdict: 'warn',
      message: 'differs',
      args: { process: 'Plex Media Server (2 processes)', outer: 'plex.tv', inner: 'hidden.example' },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'a bare address outside, as SOCKS clients give that resolve themselves',
    facts: seen(tunnel('45.76.0.10', 'plex.tv')),
    expected: {
      verdict: 'warn',
      message: 'address',
      args: { process: 'Plex Media Server (pid 812)', outer: '45.76.0.10', inner: 'plex.tv' },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'the same name in another spelling',
    facts: seen(tunnel('Plex.TV.', 'plex.tv')),
    expected: { verdict: 'pass', message: 'same' },
  },
  {
    name: 'the public name of an encrypted hello',
    facts: seen(tunnel('plex.tv', 'public.example', { outer: true })),
    expected: { verdict: 'not-applicable', message: 'unseen' },
  },
  {
    name: 'no tunnel',
    facts: seen(directFlow('plex.tv'), proxiedFlow('plex.tv')),
    expected: { verdict: 'not-applicable', message: 'unseen' },
  },
]);
