import cidrEntry from '../../checks/cidr-entry.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { variablesRow as row } from '../support/fixtures/variables-row.ts';

checkRows(cidrEntry, [
  row(
    'IPv4 for a modern libcurl',
    { https_proxy: PROXY, no_proxy: '10.0.0.0/8' },
    'pass',
    'honoured',
    undefined,
    'curl-7.87',
  ),
  row('IPv4 before 7.86', { https_proxy: PROXY, no_proxy: '10.0.0.0/8' }, 'warn', 'ignored', undefined, 'curl-7.85'),
  row(
    'IPv6 before 8.18',
    { https_proxy: PROXY, no_proxy: '10.0.0.0/8,fd00::/8' },
    'warn',
    'ignored',
    {
      variable: 'no_proxy',
      from: 'pid:812',
      dialect: 'curl-8.9',
      entries: '"fd00::/8"',
    },
    'curl-8.9',
  ),
  row('IPv6 since 8.18', { https_proxy: PROXY, no_proxy: 'fd00::/8' }, 'pass', 'honoured', undefined, 'curl-8.18'),
  row(
    'more bits than an address has',
    { https_proxy: PROXY, no_proxy: '10.0.0.0/33' },
    'warn',
    'ignored',
    undefined,
    'curl',
  ),
  row('no network', { https_proxy: PROXY, no_proxy: '10.0.0.1,::1' }, 'pass', 'none'),
  row('no proxy', { no_proxy: '10.0.0.0/8' }, 'not-applicable', 'unset'),
]);
