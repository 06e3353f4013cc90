import check from '../../checks/settings-unreadable.ts';
import { failed, notRun, ok, type Settings, type SettingsSource } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY, source } from '../support/fixtures/facts.ts';

const DENIED = failed('EACCES', '/proc/812/environ may not be read by this user');
const facts = (basis: Settings['basis'], ...sources: readonly SettingsSource[]) => ({
  ...factsFixture(),
  settings: ok({ used: sources.at(-1)?.id ?? 'shell', basis, why: '', sources }),
});
const pms = (more: Partial<SettingsSource> = {}) =>
  source('pid:812', 'process', { https_proxy: PROXY }, { pid: 812, process: 'Plex Media Server', ...more });
const scanner = (more: Partial<SettingsSource> = {}) =>
  source('pid:931', 'child', { https_proxy: PROXY }, { pid: 931, process: 'Plex Media Scanner', ...more });
const unit = (more: Partial<SettingsSource> = {}) => source('unit:plexmediaserver.service', 'unit', {}, more);

checkRows(check, [
  {
    name: 'no right to read PMS',
    facts: facts('declared', pms({ variables: DENIED }), unit()),
    expected: {
      verdict: 'warn',
      message: 'denied',
      args: { sources: 'the environment of pid 812 (Plex Media Server)', used: 'the unit plexmediaserver.service' },
    },
  },
  {
    name: 'no right to read a child',
    facts: facts('observed', scanner({ variables: DENIED }), pms()),
    expected: {
      verdict: 'warn',
      message: 'denied-child',
      args: { sources: 'the environment of pid 931 (Plex Media Scanner)' },
    },
  },
  {
    name: 'a child that has ended is no matter of rights',
    facts: facts(
      'observed',
      pms(),
      source(
        'pid:931',
        'child',
        {},
        { process: 'Plex Media Scanner', pid: 931, variables: failed('ESRCH', 'it ended') },
      ),
    ),
    expected: { verdict: 'pass', message: 'read' },
  },
  {
    name: 'a plug-in wrote its title over its environment',
    facts: facts('observed', scanner({ variables: failed('OVERWRITTEN', 'it has gone') }), pms()),
    expected: {
      verdict: 'warn',
      message: 'unreadable',
      args: { sources: 'the environment of pid 931 (Plex Media Scanner)', reason: 'it has gone' },
    },
  },
  {
    name: 'a system without procfs',
    facts: facts('assumed', pms({ variables: notRun('NO_PROCFS', 'not here') }), source('shell', 'shell', {})),
    expected: { verdict: 'warn', message: 'unreadable' },
  },
  {
    name: 'neither PMS nor its unit may be read',
    facts: facts('assumed', pms({ variables: DENIED }), unit({ variables: DENIED }), source('shell', 'shell', {})),
    expected: {
      verdict: 'warn',
      message: 'denied',
      args: {
        sources: 'the environment of pid 812 (Plex Media Server), the unit plexmediaserver.service',
        used: "this shell's environment",
      },
    },
  },
  {
    name: 'a unit that may not be read does not matter while the process can be',
    facts: facts('observed', unit({ variables: DENIED }), pms()),
    expected: { verdict: 'pass', message: 'read' },
  },
  {
    name: 'a unit that is not there is nobody’s lack of rights',
    facts: facts('assumed', unit({ variables: notRun('NO_UNIT', 'there is none') }), source('shell', 'shell', {})),
    expected: { verdict: 'not-applicable', message: 'idle' },
  },
]);
