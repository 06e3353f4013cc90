import addressSuffixEntry from '../../checks/address-suffix-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(addressSuffixEntry, [
  row('the beginning of an address', { http_proxy: PROXY, no_proxy: '192.168.,localhost' }, 'warn', 'part', {
    variable: 'no_proxy',
    from: 'pid:812',
    entries: '"192.168."',
  }),
  row('the end of an address', { http_proxy: PROXY, no_proxy: '1.1' }, 'warn', 'part'),
  row('a range', { http_proxy: PROXY, no_proxy: '10.0.0.1-10.0.0.9' }, 'warn', 'part'),
  row('whole addresses and a network', { http_proxy: PROXY, no_proxy: '10.0.0.1,::1,10.0.0.0/8' }, 'pass', 'none'),
  row('no list', { http_proxy: PROXY }, 'not-applicable', 'unset'),
]);
