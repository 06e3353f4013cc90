import portlessProxy from '../../checks/portless-proxy.ts';
import { checkRows } from '../support/check-rows.ts';
import { PROXY } from '../support/facts-fixture.ts';
import { variablesRow as row } from '../support/variables-row.ts';

checkRows(portlessProxy, [
  row('no port', { https_proxy: 'http://***@proxy.example' }, 'warn', 'portless', {
    variable: 'https_proxy',
    from: 'pid:812',
    value: 'http://***@proxy.example',
    port: '1080',
    other: '443',
  }),
  row('an empty port', { http_proxy: 'http://proxy.example:/' }, 'warn', 'portless'),
  row('a port', { https_proxy: PROXY, http_proxy: 'http://[fd00::1]:3128/' }, 'pass', 'ported'),
  row('a scheme whose port everybody knows', { https_proxy: 'https://proxy.example' }, 'pass', 'ported'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
