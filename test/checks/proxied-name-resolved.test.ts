import check from '../../checks/proxied-name-resolved.ts';
import type { DnsQuestionSeen, Traffic } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { ENDPOINTS, endpoint, factsFixture } from '../support/fixtures/facts.ts';
import { question, traffic, watcher } from '../support/fixtures/traffic.ts';

const METADATA = 'metadata.provider.plex.tv';
const RELAY = endpoint('*.plex.direct', { id: 'plex-direct', kind: 'dns', probeHost: null, port: 53 });
const asked = (questions: readonly DnsQuestionSeen[], more: Partial<Traffic> = {}) =>
  factsFixture({ endpoints: [...ENDPOINTS, RELAY], traffic: traffic([], { questions, ...more }) });

checkRows(check, [
  {
    name: 'both families in one finding, with each result once',
    facts: asked([
      question(METADATA, { result: 'NXDOMAIN', addresses: [] }),
      question(METADATA, { type: 'AAAA', result: 'NXDOMAIN', addresses: [] }),
      question(METADATA, { type: 'HTTPS', result: 'no reply', addresses: [] }),
    ]),
    expected: {
      verdict: 'warn',
      message: 'asked',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        server: '10.0.0.1',
        host: METADATA,
        result: 'NXDOMAIN, no reply',
      },
      endpoint: METADATA,
    },
  },
  {
    name: 'two processes, one of them not known',
    facts: asked([question('plex.tv'), question('plex.tv', { process: null, pid: null })]),
    expected: [
      { verdict: 'warn', message: 'asked' },
      {
        verdict: 'warn',
        message: 'asked',
        args: { process: 'a process of 10.0.0.2', server: '10.0.0.1', host: 'plex.tv', result: 'answered' },
      },
    ],
  },
  {
    name: 'the proxy itself, the own network, names of plex.direct, and strangers may ask',
    facts: asked([
      question('plex.tv', { process: null, pid: null, client: '10.0.0.3' }),
      question('nas.int.example'),
      question('10-0-0-9.0123456789abcdef0123456789abcdef.plex.direct'),
      question('notplex.tv'),
    ]),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'sockets do not show questions',
    facts: asked([], { watchers: [watcher('socket'), watcher('access-log')] }),
    expected: { verdict: 'not-applicable', message: 'unwatched' },
  },
  {
    name: 'without a proxy PMS resolves for itself',
    facts: factsFixture({
      variables: {},
      viaProxy: null,
      traffic: traffic([], { questions: [question('plex.tv')], watchers: [watcher('capture')] }),
    }),
    expected: { verdict: 'not-applicable', message: 'proxyless' },
  },
]);
