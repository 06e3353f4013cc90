import check from '../../checks/systemd-ignores-line.ts';
import { ok } from '../../src/core/model/evidence.ts';
import { SYSTEMD_IGNORE_IDS, type SystemdIgnore } from '../../src/core/model/systemd-ignores.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const PLACE = '/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2';

function withUnit(
  ignored: readonly SystemdIgnore[] | null,
  variables: Readonly<Record<string, string>> = {},
  kind: 'unit' | 'file' = 'unit',
) {
  const facts = factsFixture({ variables });
  if (facts.settings.state !== 'ok') throw new TypeError('the fixture has settings');
  const unit = {
    id: 'unit:plexmediaserver.service',
    kind,
    process: null,
    pid: null,
    variables: ok([]),
    ...(ignored === null ? {} : { ignored: ignored.map((why) => ({ from: PLACE, why })) }),
  } as const;
  return { ...facts, settings: ok({ ...facts.settings.value, sources: [...facts.settings.value.sources, unit] }) };
}

checkRows(check, [
  ...SYSTEMD_IGNORE_IDS.map((why) => ({
    name: `a line that is ignored: ${why}`,
    facts: withUnit([why]),
    expected: { verdict: 'fail' as const, message: why, args: { place: PLACE } },
  })),
  {
    name: 'the variable is set elsewhere as well',
    facts: withUnit(['specifier'], { https_proxy: 'http://proxy.test:3128' }),
    expected: { verdict: 'warn', message: 'specifier' },
  },
  {
    name: "a unit's file that --env-from names",
    facts: withUnit(['specifier'], {}, 'file'),
    expected: { verdict: 'fail', message: 'specifier', args: { place: PLACE } },
  },
  { name: 'a unit without fault', facts: withUnit(null), expected: { verdict: 'pass', message: 'none' } },
  { name: 'no unit', facts: factsFixture(), expected: { verdict: 'not-applicable', message: 'no-unit' } },
]);
