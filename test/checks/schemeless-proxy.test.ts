import schemelessProxy from '../../checks/schemeless-proxy.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(schemelessProxy, [
  row('no scheme', { https_proxy: 'proxy.example:3128' }, 'warn', 'schemeless', {
    variable: 'https_proxy',
    from: 'pid:812',
    value: 'proxy.example:3128',
  }),
  row('masked credentials', { https_proxy: '***@proxy.example:3128' }, 'warn', 'schemeless'),
  row('a scheme', { https_proxy: PROXY }, 'pass', 'schemed'),
  row('nothing set', { no_proxy: 'localhost' }, 'not-applicable', 'unset'),
]);
