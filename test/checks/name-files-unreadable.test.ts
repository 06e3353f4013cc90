import check from '../../checks/name-files-unreadable.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'only root may read resolv.conf',
    facts: factsFixture({ resolver: { unreadable: ['/etc/resolv.conf'] } }),
    expected: { verdict: 'warn', message: 'unreadable', args: { files: '/etc/resolv.conf' } },
  },
  { name: 'all can be read', facts: factsFixture(), expected: { verdict: 'pass', message: 'readable' } },
]);
