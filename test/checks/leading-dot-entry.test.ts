import leadingDotEntry from '../../checks/leading-dot-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(leadingDotEntry, [
  row('a dot', { https_proxy: PROXY, no_proxy: 'localhost,.int.example' }, 'pass', 'apex', {
    variable: 'no_proxy',
    from: 'pid:812',
    entries: '".int.example"',
  }),
  row(
    'libcurl 7.86 reads the last one',
    { https_proxy: PROXY, no_proxy: '.a.example,.b.example' },
    'warn',
    'ignored',
    {
      variable: 'no_proxy',
      from: 'pid:812',
      dialect: 'curl-7.86',
      entries: '".a.example"',
    },
    'curl-7.86',
  ),
  row('two dots', { https_proxy: PROXY, no_proxy: '..int.example' }, 'warn', 'ignored'),
  row('no dot', { https_proxy: PROXY, no_proxy: 'localhost' }, 'pass', 'none'),
  row('no list', { https_proxy: PROXY }, 'not-applicable', 'unset'),
]);
