import spaceSeparatedList from '../../checks/space-separated-list.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(spaceSeparatedList, [
  row(
    'blanks since 8.9',
    { https_proxy: PROXY, no_proxy: 'localhost .int.example 10.0.0.1' },
    'warn',
    'lost',
    {
      variable: 'no_proxy',
      from: 'pid:812',
      dialect: 'curl-8.9',
      entries: '".int.example", "10.0.0.1"',
    },
    'curl-8.9',
  ),
  row(
    'blanks before 8.9',
    { https_proxy: PROXY, no_proxy: 'localhost .int.example' },
    'warn',
    'plug-ins',
    undefined,
    'curl-7.87',
  ),
  row('semicolons', { https_proxy: PROXY, no_proxy: 'localhost;.int.example' }, 'warn', 'lost'),
  row('line breaks', { https_proxy: PROXY, no_proxy: 'localhost\n.int.example' }, 'warn', 'lost'),
  row('blanks behind commas', { https_proxy: PROXY, no_proxy: 'localhost, .int.example' }, 'pass', 'commas'),
  row('a blank at the ends', { https_proxy: PROXY, no_proxy: ' localhost ' }, 'pass', 'commas'),
  row(
    'a blank between entries that mean nothing anyway',
    { https_proxy: PROXY, no_proxy: '*.a *.b' },
    'pass',
    'commas',
  ),
  row('no list', { https_proxy: PROXY }, 'not-applicable', 'unset'),
]);
