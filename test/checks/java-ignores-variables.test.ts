import javaIgnoresVariables from '../../checks/java-ignores-variables.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(javaIgnoresVariables, [
  row('variables', { https_proxy: PROXY }, 'pass', 'ignored'),
  row(
    'properties',
    { https_proxy: PROXY, JAVA_TOOL_OPTIONS: '-Dhttps.proxyHost=proxy.example' },
    'pass',
    'properties',
    { from: 'pid:812' },
  ),
  row('other options', { https_proxy: PROXY, JAVA_TOOL_OPTIONS: '-Xmx1g' }, 'pass', 'ignored'),
  row('nothing set', {}, 'not-applicable', 'unset'),
]);
