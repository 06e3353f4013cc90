import check from '../../checks/proxy-missing-in-process.ts';
import { failed } from '../../src/core/model/evidence.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, PROXY, source } from '../support/fixtures/facts.ts';

const UNIT = 'unit:plexmediaserver.service';
const bare = { no_proxy: 'localhost' };
const unitWith = (variables: Readonly<Record<string, string>>) => source(UNIT, 'unit', variables);

checkRows(check, [
  {
    name: 'the unit was edited, PMS not restarted',
    facts: factsFixture({ variables: bare, otherSources: [unitWith({ https_proxy: PROXY, http_proxy: PROXY })] }),
    expected: {
      verdict: 'fail',
      message: 'missing',
      args: {
        source: 'the unit plexmediaserver.service',
        variables: 'https_proxy, http_proxy',
        process: 'the environment of pid 812',
        how: 'systemctl daemon-reload, then systemctl restart plexmediaserver.service',
      },
    },
  },
  {
    name: 'one of two variables came later',
    facts: factsFixture({
      variables: { http_proxy: PROXY },
      otherSources: [unitWith({ https_proxy: PROXY, http_proxy: PROXY })],
    }),
    expected: { verdict: 'fail', message: 'missing' },
  },
  {
    name: 'set but empty is not set',
    facts: factsFixture({ variables: { https_proxy: '' }, otherSources: [unitWith({ https_proxy: PROXY })] }),
    expected: { verdict: 'fail', message: 'missing' },
  },
  {
    name: 'the container has it, its service script does not pass it on',
    facts: factsFixture({
      variables: bare,
      otherSources: [source('container:plex', 'container', { https_proxy: PROXY })],
    }),
    expected: { verdict: 'fail', message: 'missing' },
  },
  {
    name: 'a default file that nobody reads',
    facts: factsFixture({
      variables: bare,
      otherSources: [source('file:/etc/default/plexmediaserver', 'default-file', { https_proxy: PROXY })],
    }),
    expected: { verdict: 'fail', message: 'missing' },
  },
  {
    name: 'only this shell has it',
    facts: factsFixture({ variables: bare, otherSources: [source('shell', 'shell', { HTTPS_PROXY: PROXY })] }),
    expected: { verdict: 'warn', message: 'shell-only' },
  },
  {
    name: 'another spelling of the same variable is there',
    facts: factsFixture({ variables: { HTTPS_PROXY: PROXY }, otherSources: [unitWith({ https_proxy: PROXY })] }),
    expected: { verdict: 'pass', message: 'present', args: { process: 'the environment of pid 812' } },
  },
  {
    name: 'the unit only has exclusions',
    facts: factsFixture({ otherSources: [unitWith(bare)] }),
    expected: { verdict: 'pass', message: 'present' },
  },
  {
    name: 'no proxy anywhere',
    facts: factsFixture({ variables: {}, otherSources: [unitWith({}), source('shell', 'shell', {})] }),
    expected: { verdict: 'not-applicable', message: 'undeclared' },
  },
  {
    name: 'the process may not be read',
    facts: {
      ...factsFixture(),
      settings: {
        state: 'ok',
        value: {
          used: UNIT,
          basis: 'declared',
          why: '',
          sources: [
            source('pid:812', 'process', {}, { variables: failed('EACCES', 'no right') }),
            unitWith({ https_proxy: PROXY }),
          ],
        },
      },
    },
    expected: { verdict: 'not-applicable', message: 'unread' },
  },
  {
    name: 'the settings could not be gathered',
    facts: { ...factsFixture(), settings: failed('OTHER', 'it broke') },
    expected: { verdict: 'inconclusive', message: 'OTHER' },
  },
]);
