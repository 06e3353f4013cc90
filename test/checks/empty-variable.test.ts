import emptyVariable from '../../checks/empty-variable.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(emptyVariable, [
  row('empty hides upper case', { https_proxy: '', HTTPS_PROXY: PROXY }, 'warn', 'hides', {
    variable: 'https_proxy',
    upper: 'HTTPS_PROXY',
    from: 'pid:812',
  }),
  row('an empty list hides the other', { http_proxy: PROXY, no_proxy: '', NO_PROXY: 'localhost' }, 'warn', 'hides'),
  row('empty and alone', { http_proxy: PROXY, https_proxy: '' }, 'pass', 'harmless', {
    variable: 'https_proxy',
    from: 'pid:812',
  }),
  row(
    'an empty http_proxy: libcurl would not read HTTP_PROXY either',
    { http_proxy: '', HTTP_PROXY: PROXY },
    'pass',
    'harmless',
  ),
  row('none', { http_proxy: PROXY }, 'pass', 'none'),
  row('all of them', { http_proxy: '', no_proxy: '' }, 'not-applicable', 'unset'),
]);
