import uppercaseHttpProxy from '../../checks/uppercase-http-proxy.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(uppercaseHttpProxy, [
  row('upper case alone', { HTTP_PROXY: PROXY, https_proxy: PROXY }, 'warn', 'ignored', { from: 'pid:812' }),
  row('both cases', { HTTP_PROXY: PROXY, http_proxy: PROXY }, 'pass', 'fallback', {
    from: 'pid:812',
    variable: 'http_proxy',
  }),
  row('all_proxy behind it', { HTTP_PROXY: PROXY, ALL_PROXY: PROXY }, 'pass', 'fallback'),
  row('an empty lower-case variable does not help', { HTTP_PROXY: PROXY, http_proxy: '' }, 'warn', 'ignored'),
  row('lower case alone', { http_proxy: PROXY }, 'pass', 'absent'),
  row('HTTPS_PROXY is another matter', { HTTPS_PROXY: PROXY }, 'pass', 'absent'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
