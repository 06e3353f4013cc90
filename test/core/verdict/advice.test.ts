import { describe, expect, it } from 'vitest';
import { advise } from '../../../src/core/verdict/advice.ts';
import type { ReasonCode } from '../../../src/core/model/reason.ts';
import type { Cause, Finding, Report } from '../../../src/core/model/report.ts';
import { allCauses, cause, finding, reportFixture } from '../../support/fixtures/report.ts';

const BASE = reportFixture();

function advice(
  causes: readonly Cause[],
  findings: readonly Finding[],
  more: Partial<Report> = {},
): ReturnType<typeof advise> {
  return advise({
    ...BASE,
    scan: { condition: 'unknown', sections: [], causes: allCauses(causes) },
    findings,
    ...more,
  });
}

it('undecided without a suspect, a scan that is watched decides', () => {
  const undecided = advice([], []);
  expect(undecided.map(({ step, commands }) => [step.message, commands])).toEqual([
    ['reproduce', ['sudo pms-proxy-doctor reproduce']],
  ]);
  expect(advice([], [], { endpoints: BASE.endpoints.map((each) => ({ ...each, proxy: null })) })).toEqual([]);
});

it('where no scan fails, nothing has to be found out', () => {
  const causes = allCauses([cause('ipv6-differs', 'possible', [], 'Maybe.')]);
  expect(advice([], [], { scan: { condition: 'not-found', sections: [], causes } })).toEqual([]);
});

describe('the rank of steps', () => {
  const possible = cause('ipv6-differs', 'possible', [], 'Maybe.');
  const proven = cause('proxy-denies', 'confirmed', [], 'Surely.');
  const likely = cause('tls-intercepted', 'likely', [], 'Likely.');
  const confirmed = cause('endpoint-down', 'confirmed', [], 'Certainly.');
  const fails = finding('b', { remedy: 'Second.' });
  const warns = finding('c', { verdict: 'warn', remedy: 'Third.' });
  it.each<[string, readonly Cause[], readonly Finding[], readonly string[]]>([
    ['causes, then checks, the worst first', [proven], [warns, fails], ['Surely.', 'Second.', 'Third.']],
    ['the surest cause first', [likely, confirmed], [], ['Certainly.', 'Likely.']],
    ['a possible cause is not advised on beside a surer one', [possible, proven], [], ['Surely.']],
    [
      'a possible cause leads to the command that decides it',
      [possible],
      [],
      [
        'Find out which route a scan uses before you change anything: "reproduce" asks PMS to scan and watches its processes.',
      ],
    ],
    [
      'what a sure state follows from is decided first',
      [
        { ...cause('proxy-not-in-process', 'possible', []), remedy: { message: 'decide', args: {}, text: 'Ask.' } },
        { ...cause('not-signed-in', 'confirmed', [], 'Sign in.'), follows: 'proxy-not-in-process' },
      ],
      [],
      ['Ask.', 'Sign in.'],
    ],
    ['one step once', [proven], [finding('a', { remedy: 'Surely.' })], ['Surely.']],
    ['a check about a cause that is advised on', [proven], [finding('a', { causes: ['proxy-denies'] })], ['Surely.']],
    ['a check about another cause', [], [finding('a', { remedy: 'Do.', causes: ['proxy-denies'] })], ['Do.']],
    [
      'consequences and information give none',
      [],
      [
        finding('root', { remedy: 'Yes.' }),
        finding('info', { severity: 'info', verdict: 'warn', remedy: 'Nothing.' }),
        finding('symptom', { supersededBy: 'root', remedy: 'No.' }),
      ],
      ['Yes.'],
    ],
    ['no remedy, no step', [], [finding('a', { remedy: null }), finding('b', { remedy: ' ' })], []],
  ])('%s', (_, causes, findings, expected) => {
    expect(advice(causes, findings).map(({ step }) => step.text)).toEqual(expected);
  });
});

describe('a step', () => {
  it('names what it is about', () => {
    const found = advice(
      [cause('proxy-denies', 'confirmed', [], 'A.')],
      [finding('b', { remedy: 'B.', args: { n: 1 } })],
    );
    expect(found).toMatchObject([
      { cause: 'proxy-denies', check: null },
      { cause: null, check: 'b', step: { message: 'remedy', args: { n: 1 }, text: 'B.' } },
    ]);
  });

  it('for several endpoints is one, which names some of the others', () => {
    const findings = BASE.endpoints
      .slice(0, 6)
      .map(({ id, host }) => finding('many', { remedy: `Allow ${host}.`, endpoint: id }));
    const hosts = BASE.endpoints.slice(1, 4).map(({ host }) => host);
    const also = `${hosts.join(', ')} and 2 more`;
    expect(advice([], findings).map(({ step }) => step)).toEqual([
      { message: 'remedy', args: { also }, text: `Allow ${BASE.endpoints[0]?.host}. The same for ${also}.` },
    ]);
  });
});

describe('so that PMS can be asked', () => {
  it.each<[ReasonCode, string]>([
    ['UNAUTHORIZED', 'ask-with-access'],
    ['FORBIDDEN', 'ask-with-access'],
    ['PMS_NOT_LISTENING', 'ask-where-it-is'],
    ['NOT_PMS', 'ask-where-it-is'],
    ['TIMEOUT', 'ask-where-it-is'],
    ['NO_LIBRARY', 'add-library'],
  ])('%s comes first: %s', (code, message) => {
    const found = advice([], [finding('a')], { experimentReason: { code, message: 'so' } });
    expect(found.map(({ step }) => step.message)).toEqual([message, 'remedy']);
    expect(found[0]).toMatchObject({ cause: null, check: null });
  });

  it('nothing is advised against a reason that nothing is known to help against', () => {
    expect(advice([], [], { experimentReason: { code: 'OTHER', message: 'so' } })).toEqual([]);
  });
});

describe('commands', () => {
  it('are those of the cause', () => {
    const restart = 'sudo systemctl restart plexmediaserver.service';
    const causes = [{ ...cause('not-signed-in', 'confirmed', [], 'Do.'), commands: [restart] }];
    expect(advice(causes, [])).toMatchObject([{ commands: [restart] }]);
    expect(advice([cause('not-signed-in', 'confirmed', [], 'Do.')], [])).toMatchObject([{ commands: [] }]);
  });
});

describe('where no cause is proven', () => {
  const section = {
    id: '1',
    type: 'artist',
    agent: 'tv.plex.agents.music',
    status: 503,
    condition: 'reproduced',
    failed: 'refused',
  } as const;
  it.each<[string, readonly Cause[], Report['scan']['sections'], readonly string[]]>([
    [
      'the command that decides comes before a change',
      [cause('proxy-denies', 'likely', [], 'A.')],
      [],
      ['reproduce', 'told'],
    ],
    ['a watched scan has said what it can', [cause('proxy-denies', 'likely', [], 'A.')], [section], ['told']],
    ['a possible cause leads to no change', [cause('proxy-denies', 'possible', [], 'A.')], [section], ['observe']],
    ['a proven cause needs no further command', [cause('proxy-denies', 'confirmed', [], 'A.')], [], ['told']],
  ])('%s', (_, causes, sections, expected) => {
    const scan = { condition: 'unknown', sections, causes: allCauses(causes) } as const;
    expect(advice([], [], { scan }).map(({ step }) => step.message)).toEqual(expected);
  });
});

describe('a failing check that explains a cause', () => {
  const said = { message: 'systemd-ignores-line/specifier', args: {}, text: 'Dropped.' };
  const explains = finding('systemd-ignores-line', {
    message: 'specifier',
    text: 'It is dropped.',
    remedy: 'Correct proxy.conf:2.',
    causes: ['proxy-not-in-process'],
  });

  it.each(['possible', 'likely', 'confirmed'] as const)('leads to the place that is wrong: %s', (state) => {
    const known = { ...cause('proxy-not-in-process', state, [], 'Set https_proxy.'), because: [said] };
    const [first] = advice([known], [explains]);
    expect(first).toMatchObject({
      step: { text: 'It is dropped. Correct proxy.conf:2.' },
      check: 'systemd-ignores-line',
    });
  });

  it('is no first step where it warns, or explains nothing here', () => {
    const known = cause('proxy-not-in-process', 'confirmed', [], 'Set https_proxy.');
    const warned = { ...known, because: [said] };
    expect(advice([known], [explains])[0]?.step.text).toBe('Set https_proxy.');
    expect(advice([warned], [{ ...explains, verdict: 'warn' }])[0]?.step.text).toBe('Set https_proxy.');
  });
});
