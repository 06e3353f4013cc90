import check from '../../checks/needed-endpoint-unreachable.ts';
import { deriveFacts } from '../../src/core/judge/derive.ts';
import { notRun } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const NOT_PROBED = notRun('NOT_PROBED', 'nothing was probed');

checkRows(check, [
  {
    name: 'an endpoint of a scan and a feature fail on the way of PMS',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'tls-failed', 'downloads.plex.tv': 'cut', '*': 'ok' } }),
    expected: [
      {
        verdict: 'fail',
        message: 'unreachable/proxied-failed',
        args: { host: 'plex.tv', route: 'proxy', target: 'plex.tv:443', outcome: 'TLS failed' },
        endpoint: 'plex.tv',
      },
      { verdict: 'warn', message: 'unreachable/proxied-failed', endpoint: 'downloads.plex.tv' },
    ],
  },
  {
    name: 'the client of PMS refuses the value',
    facts: factsFixture({
      decide: (_, { host }) => (host === 'plex.tv' ? { route: 'direct', error: 'Unsupported proxy syntax' } : null),
    }),
    expected: {
      verdict: 'fail',
      message: 'refused',
      args: { host: 'plex.tv', route: 'direct', error: 'Unsupported proxy syntax' },
    },
  },
  {
    name: 'an endpoint of a scan was not attempted',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'not-run', 'downloads.plex.tv': 'not-run', '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'undecided/proxied-not-attempted', endpoint: 'plex.tv' },
  },
  {
    name: 'nobody went there while this was watched, and nothing was probed',
    facts: deriveFacts(
      evidenceFixture(
        { traffic: traffic([proxiedFlow('plex.tv')]) },
        { 'attempts.direct': NOT_PROBED, 'attempts.proxy': NOT_PROBED },
      ),
    ),
    expected: { verdict: 'not-applicable', message: 'unseen', endpoint: 'metadata.provider.plex.tv' },
  },
  {
    name: 'what nobody needs fails',
    facts: factsFixture({ viaProxy: { 'metrics.plex.tv': 'denied', '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'usable' },
  },
]);
