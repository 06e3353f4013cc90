import check from '../../checks/probed-elsewhere.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, place } from '../support/fixtures/facts.ts';

const OURS = place(4_026_531_840, 0);
const NEEDS_ROOT = { code: 'NEEDS_ROOT', message: 'only root can probe where PMS stands' } as const;

const from = (network: number | null, uid: number | null) =>
  factsFixture({ vantage: { probes: OURS, pms: { pid: 812, place: place(network, uid) }, missed: NEEDS_ROOT } });

checkRows(check, [
  {
    name: 'a container seen from its host',
    facts: from(4_026_532_000, 0),
    expected: { verdict: 'warn', message: 'network', args: { pid: 812, reason: NEEDS_ROOT.message } },
  },
  {
    name: 'another network and another user: the network is said',
    facts: from(4_026_532_000, 997),
    expected: { verdict: 'warn', message: 'network' },
  },
  {
    name: 'a service with a user of its own',
    facts: from(OURS.network, 997),
    expected: { verdict: 'warn', message: 'user', args: { pid: 812, uid: 997, own: 0, reason: NEEDS_ROOT.message } },
  },
  {
    name: 'a process whose network may not be seen',
    facts: from(null, 0),
    expected: { verdict: 'warn', message: 'unknown', args: { pid: 812, reason: NEEDS_ROOT.message } },
  },
  {
    name: 'a host whose rules hold for control groups',
    facts: factsFixture({
      vantage: { probes: { ...OURS, group: 0 }, pms: { pid: 812, place: { ...OURS, group: 1 } }, missed: null },
    }),
    expected: { verdict: 'warn', message: 'group', args: { pid: 812 } },
  },
  { name: 'probed where PMS stands', facts: factsFixture(), expected: { verdict: 'pass', message: 'there' } },
  {
    name: 'a system without namespaces and users',
    facts: factsFixture({ vantage: { probes: place(null, null), pms: { pid: 812, place: place(null, null) } } }),
    expected: { verdict: 'pass', message: 'there' },
  },
  {
    name: 'PMS is only installed',
    facts: factsFixture({ vantage: { pms: null } }),
    expected: { verdict: 'not-applicable', message: 'absent' },
  },
]);
