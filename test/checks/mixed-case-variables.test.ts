import mixedCaseVariables from '../../checks/mixed-case-variables.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(mixedCaseVariables, [
  row('two values', { https_proxy: PROXY, HTTPS_PROXY: 'http://other.example:8080' }, 'warn', 'differ', {
    upper: 'HTTPS_PROXY',
    lower: 'https_proxy',
    from: 'pid:812',
  }),
  row('two lists', { https_proxy: PROXY, no_proxy: 'a', NO_PROXY: 'b' }, 'warn', 'differ'),
  row('mixed case', { https_proxy: PROXY, Http_Proxy: PROXY }, 'warn', 'odd'),
  row('one value', { https_proxy: PROXY, HTTPS_PROXY: PROXY }, 'pass', 'same'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
