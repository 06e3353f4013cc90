import portlessProxy from '../../checks/portless-proxy.ts';
import { ok } from '../../src/core/model/evidence.ts';
import { checkRows, type CheckRow } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

const facts = factsFixture({ variables: { https_proxy: 'http://proxy.example' }, pmsDialect: 'curl' });
const unsure: CheckRow = {
  name: 'no port, and the version of libcurl is not known',
  facts:
    facts.routing.state === 'ok'
      ? { ...facts, routing: ok({ ...facts.routing.value, pmsDialectKnown: false }) }
      : facts,
  expected: {
    verdict: 'warn',
    message: 'unsure',
    args: { variable: 'https_proxy', from: 'pid:812', value: 'http://proxy.example', port: '80', other: '1080' },
  },
};

checkRows(portlessProxy, [
  row('no port', { https_proxy: 'http://***@proxy.example' }, 'warn', 'portless', {
    variable: 'https_proxy',
    from: 'pid:812',
    value: 'http://***@proxy.example',
    port: '1080',
    other: '443',
  }),
  unsure,
  row('an empty port', { http_proxy: 'http://proxy.example:/' }, 'warn', 'portless'),
  row('a port', { https_proxy: PROXY, http_proxy: 'http://[fd00::1]:3128/' }, 'pass', 'ported'),
  row('a scheme whose port everybody knows', { https_proxy: 'https://proxy.example' }, 'pass', 'ported'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
