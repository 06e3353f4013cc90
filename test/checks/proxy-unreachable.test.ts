import check from '../../checks/proxy-unreachable.ts';
import { notRun, ok } from '../../src/core/model/evidence.ts';
import { type ProxyProbe } from '../../src/core/model/probe-records.ts';
import type { Stage } from '../../src/core/model/outcome.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, PROXY_PROBE, factsFixture } from '../support/fixtures/facts.ts';

function failingAt(stage: Stage | null, code: string): Partial<ProxyProbe> {
  const stages = stage === null ? [] : [{ stage, ms: 1, ok: false, detail: code }];
  return { outcome: 'proxy-unreachable', code, stages };
}

checkRows(check, [
  {
    name: 'the name of the proxy does not resolve',
    facts: factsFixture({ viaProxy: 'proxy-unreachable', proxy: failingAt('dns', 'ENOTFOUND') }),
    expected: {
      verdict: 'fail',
      message: 'unresolved',
      args: { proxy: PROXY, code: 'ENOTFOUND', from: 'https_proxy of pid:812' },
    },
  },
  {
    name: 'nothing listens there',
    facts: factsFixture({ viaProxy: 'proxy-unreachable', proxy: failingAt('tcp', 'ECONNREFUSED') }),
    expected: { verdict: 'fail', message: 'unconnected' },
  },
  {
    name: 'TLS to the proxy fails',
    facts: factsFixture({ viaProxy: 'proxy-unreachable', proxy: failingAt(null, 'CLOSED') }),
    expected: { verdict: 'fail', message: 'handshake' },
  },
  {
    name: 'a dead proxy that PMS does not use',
    facts: factsFixture({ variables: {}, viaProxy: 'proxy-unreachable', proxy: failingAt('tcp', 'ECONNREFUSED') }),
    expected: { verdict: 'warn', message: 'unconnected' },
  },
  {
    name: 'of two proxies the one that PMS does not use is dead',
    facts: factsFixture({
      viaProxy: 'denied',
      items: {
        proxies: ok([PROXY_PROBE, { ...PROXY_PROBE, url: 'http://old:3128', ...failingAt('tcp', 'ETIMEDOUT') }]),
      },
    }),
    expected: [
      { verdict: 'pass', message: 'reached' },
      { verdict: 'warn', message: 'unconnected' },
    ],
  },
  {
    name: 'the proxy accepts connections',
    facts: factsFixture(),
    expected: { verdict: 'pass', message: 'reached', args: { proxy: PROXY } },
  },
  {
    name: 'no proxy is known',
    facts: factsFixture({ viaProxy: null, items: { proxies: notRun('NO_PROXY_CONFIGURED', 'no proxy is set') } }),
    expected: { verdict: 'not-applicable', message: 'NO_PROXY_CONFIGURED' },
  },
]);
