import wildcardEntry from '../../checks/wildcard-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(wildcardEntry, [
  row('patterns', { http_proxy: PROXY, no_proxy: '*.example.com,plex.tv,*foo' }, 'warn', 'ignored', {
    variable: 'no_proxy',
    from: 'pid:812',
    entries: '"*.example.com", "*foo"',
  }),
  row('an asterisk among others', { http_proxy: PROXY, no_proxy: 'localhost,*' }, 'warn', 'ignored'),
  row('an asterisk with a blank is no longer alone', { http_proxy: PROXY, no_proxy: ' *' }, 'warn', 'ignored'),
  row('an asterisk alone', { http_proxy: PROXY, no_proxy: '*' }, 'warn', 'everything'),
  row('upper-case list', { http_proxy: PROXY, NO_PROXY: '*.x' }, 'warn', 'ignored', {
    variable: 'NO_PROXY',
    from: 'pid:812',
    entries: '"*.x"',
  }),
  row('no asterisk', { http_proxy: PROXY, no_proxy: 'localhost,.int.example' }, 'pass', 'none'),
  row('no list', { http_proxy: PROXY }, 'not-applicable', 'unset'),
  row('a list without a proxy', { no_proxy: '*.example.com' }, 'not-applicable', 'unset'),
]);
