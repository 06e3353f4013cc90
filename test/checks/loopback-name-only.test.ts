import loopbackNameOnly from '../../checks/loopback-name-only.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(loopbackNameOnly, [
  row('the name only', { http_proxy: PROXY, no_proxy: 'localhost' }, 'warn', 'half', {
    variable: 'no_proxy',
    from: 'pid:812',
    covered: 'localhost',
    missing: '127.0.0.1',
  }),
  row('the address only', { http_proxy: PROXY, no_proxy: '127.0.0.1' }, 'warn', 'half'),
  row('no proxy for plain HTTP', { https_proxy: PROXY, no_proxy: 'localhost' }, 'pass', 'unproxied'),
  row('both', { http_proxy: PROXY, no_proxy: 'localhost,127.0.0.0/8' }, 'pass', 'both'),
  row('neither', { http_proxy: PROXY, no_proxy: '.int.example' }, 'pass', 'neither'),
  row('no list', { http_proxy: PROXY }, 'not-applicable', 'unset'),
]);
