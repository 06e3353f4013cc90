import check from '../../checks/proxy-missing-in-child.ts';
import { failed, ok, type SettingsSource } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY, source } from '../support/fixtures/facts.ts';

const variables = { https_proxy: PROXY, no_proxy: 'localhost' };
const child = (pid: number, process: string, of: Readonly<Record<string, string>>): SettingsSource =>
  source(`pid:${pid}`, 'child', of, { pid, process });
const facts = (...otherSources: readonly SettingsSource[]) => factsFixture({ variables, otherSources });

checkRows(check, [
  {
    name: 'the scanner lacks the proxy',
    facts: facts(child(931, 'Plex Media Scanner', { no_proxy: 'localhost' })),
    expected: {
      verdict: 'fail',
      message: 'missing',
      args: { child: 'Plex Media Scanner', pids: '931', variables: 'https_proxy', parent: 'pid:812' },
    },
  },
  {
    name: 'plug-ins with the same lack are one finding',
    facts: facts(
      child(940, 'Plex Script Host', {}),
      child(941, 'Plex Script Host', {}),
      child(942, 'Plex Tuner Service', variables),
    ),
    expected: {
      verdict: 'fail',
      message: 'missing',
      args: { child: 'Plex Script Host', pids: '940, 941', variables: 'https_proxy, no_proxy', parent: 'pid:812' },
    },
  },
  {
    name: 'only the exclusions are missing',
    facts: facts(child(931, 'Plex Media Scanner', { https_proxy: PROXY })),
    expected: { verdict: 'warn', message: 'missing' },
  },
  {
    name: 'another value and a missing one',
    facts: facts(child(931, 'Plex Media Scanner', { https_proxy: 'http://old.example.net:8080' })),
    expected: [
      { verdict: 'warn', message: 'missing' },
      { verdict: 'warn', message: 'differs' },
    ],
  },
  {
    name: 'all the same',
    facts: facts(child(931, 'Plex Media Scanner', variables), child(940, 'Plex Script Host', { ...variables, A: '1' })),
    expected: { verdict: 'pass', message: 'same', args: { count: 2, parent: 'pid:812' } },
  },
  { name: 'no children', facts: facts(), expected: { verdict: 'not-applicable', message: 'alone' } },
  {
    name: 'no child may be read',
    facts: facts({ ...child(931, 'Plex Media Scanner', {}), variables: failed('EACCES', 'no right') }),
    expected: { verdict: 'not-applicable', message: 'unread' },
  },
  {
    name: 'PMS may not be read',
    facts: {
      ...facts(),
      settings: ok({
        used: 'shell',
        basis: 'assumed',
        why: '',
        sources: [
          source('pid:812', 'process', {}, { variables: failed('EACCES', 'no right') }),
          child(931, 'Plex Media Scanner', variables),
        ],
      }),
    },
    expected: { verdict: 'not-applicable', message: 'unread' },
  },
]);
