import bareNameEntry from '../../checks/bare-name-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(bareNameEntry, [
  row('a domain', { https_proxy: PROXY, no_proxy: 'example.com,localhost,10.0.0.1' }, 'pass', 'subdomains', {
    variable: 'no_proxy',
    from: 'pid:812',
    entries: '"example.com"',
  }),
  row(
    'a domain for libcurl 7.86',
    { https_proxy: PROXY, no_proxy: 'example.com' },
    'warn',
    'exact-only',
    undefined,
    'curl-7.86',
  ),
  row(
    'dots, names of one label, addresses',
    { https_proxy: PROXY, no_proxy: '.x.test,nas,10.0.0.1,::1,1.1' },
    'pass',
    'none',
  ),
  row('no list', { https_proxy: PROXY }, 'not-applicable', 'unset'),
]);
