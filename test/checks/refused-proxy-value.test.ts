import refusedProxyValue from '../../checks/refused-proxy-value.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(refusedProxyValue, [
  row('a quote', { https_proxy: '"http://proxy.example:3128"' }, 'fail', 'pms', {
    variable: 'https_proxy',
    from: 'pid:812',
    value: '"http://proxy.example:3128"',
    error: 'Unsupported proxy syntax (curl error 5)',
  }),
  row('a space at the end', { https_proxy: `${PROXY} ` }, 'fail', 'pms'),
  row('a host that libcurl guesses to be FTP', { https_proxy: 'ftp.example:3128' }, 'fail', 'pms'),
  row('one slash', { https_proxy: 'http:/proxy.example:3128' }, 'warn', 'plug-ins'),
  row('credentials', { https_proxy: 'http://***@proxy.example:3128' }, 'pass', 'readable'),
  row('a variable that nobody reads', { HTTP_PROXY: '"x' }, 'not-applicable', 'unset'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
