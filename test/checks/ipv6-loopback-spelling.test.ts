import ipv6LoopbackSpelling from '../../checks/ipv6-loopback-spelling.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(ipv6LoopbackSpelling, [
  row('brackets only', { http_proxy: PROXY, no_proxy: 'localhost,[::1]' }, 'warn', 'bracketed', {
    variable: 'no_proxy',
    from: 'pid:812',
  }),
  row('no brackets', { http_proxy: PROXY, no_proxy: 'localhost,::1' }, 'pass', 'bare'),
  row('both', { http_proxy: PROXY, no_proxy: '::1,[::1]' }, 'pass', 'both'),
  row('neither', { http_proxy: PROXY, no_proxy: 'localhost' }, 'pass', 'absent'),
  row('no list', { http_proxy: PROXY }, 'not-applicable', 'unset'),
]);
