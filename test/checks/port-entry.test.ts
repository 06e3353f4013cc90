import portEntry from '../../checks/port-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(portEntry, [
  row('host and port', { https_proxy: PROXY, no_proxy: 'example.com:8080,plex.tv' }, 'warn', 'ignored', {
    variable: 'no_proxy',
    from: 'pid:812',
    entries: '"example.com:8080"',
  }),
  row('bracketed address and port', { https_proxy: PROXY, no_proxy: '[::1]:32400' }, 'warn', 'ignored'),
  row('an IPv6 address is no port', { https_proxy: PROXY, no_proxy: '::1,[::1],2001:db8::1' }, 'pass', 'none'),
  row('no list', { https_proxy: PROXY }, 'not-applicable', 'unset'),
]);
