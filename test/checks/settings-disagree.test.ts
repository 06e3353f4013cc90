import check from '../../checks/settings-disagree.ts';
import { ok, type Settings, type SettingsSource } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY, source } from '../support/fixtures/facts.ts';

const variables = { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1' };
const OTHER = 'http://old.example.net:8080';
const facts = (...otherSources: readonly SettingsSource[]) => factsFixture({ variables, otherSources });
const unit = (of: Readonly<Record<string, string>>) => source('unit:plexmediaserver.service', 'unit', of);

const optionUsed = (running: Readonly<Record<string, string>>): Settings => ({
  used: 'option',
  basis: 'asserted',
  why: '',
  sources: [
    source('option', 'option', { https_proxy: 'http://new.example.net:3128' }),
    source('pid:812', 'process', running, { pid: 812 }),
    unit({ ...variables, https_proxy: OTHER }),
  ],
});

checkRows(check, [
  {
    name: 'the unit names another proxy for https',
    facts: facts(unit({ ...variables, https_proxy: OTHER })),
    expected: {
      verdict: 'warn',
      message: 'proxy',
      args: {
        other: 'the unit plexmediaserver.service',
        judged: 'the environment of pid 812',
        variable: 'https_proxy',
        theirs: OTHER,
        ours: PROXY,
      },
    },
  },
  {
    name: 'the unit excludes more',
    facts: facts(unit({ ...variables, no_proxy: 'localhost,127.0.0.1,.plex.tv' })),
    expected: {
      verdict: 'warn',
      message: 'exclusions',
      args: {
        other: 'the unit plexmediaserver.service',
        judged: 'the environment of pid 812',
        variable: 'no_proxy',
        theirs: '.plex.tv, 127.0.0.1, localhost',
        ours: '127.0.0.1, localhost',
      },
    },
  },
  {
    name: 'one place excludes nothing',
    facts: facts(unit({ https_proxy: PROXY })),
    expected: { verdict: 'warn', message: 'exclusions' },
  },
  {
    name: 'both differ in everything',
    facts: facts(source('shell', 'shell', { https_proxy: OTHER, http_proxy: OTHER, no_proxy: '*' })),
    expected: [
      { verdict: 'warn', message: 'proxy' },
      { verdict: 'warn', message: 'proxy' },
      { verdict: 'warn', message: 'exclusions' },
    ],
  },
  {
    name: 'order, case and blanks of no_proxy do not count, nor does the spelling of a name',
    facts: facts(unit({ HTTPS_PROXY: PROXY, http_proxy: PROXY, NO_PROXY: '127.0.0.1, LOCALHOST' })),
    expected: { verdict: 'pass', message: 'agree', args: { judged: 'the environment of pid 812' } },
  },
  {
    name: 'what an option says is meant to differ: the others are compared with the running PMS',
    facts: { ...factsFixture(), settings: ok(optionUsed(variables)) },
    expected: {
      verdict: 'warn',
      message: 'proxy',
      args: {
        other: 'the unit plexmediaserver.service',
        judged: 'the environment of pid 812',
        variable: 'https_proxy',
        theirs: OTHER,
        ours: PROXY,
      },
    },
  },
  {
    name: 'a place without a proxy is the business of proxy-missing-in-process',
    facts: { ...factsFixture(), settings: ok(optionUsed({})) },
    expected: { verdict: 'not-applicable', message: 'single' },
  },
  {
    name: 'children are the business of proxy-missing-in-child',
    facts: facts(source('pid:931', 'child', { https_proxy: OTHER })),
    expected: { verdict: 'not-applicable', message: 'single' },
  },
]);
