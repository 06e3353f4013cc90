import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTroubleOver, presentOf, standingsOf, type Standing } from '../../../src/core/judge/past.ts';
import { pmsWays, type PmsWay } from '../../../src/core/judge/pms-way.ts';
import { valueOf } from '../../../src/core/model/evidence.ts';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import type { PmsLog, PmsRequest, PmsScan, PmsState, PmsWarning } from '../../../src/core/model/traffic.ts';
import { factsFixture, type AttemptPlan } from '../../support/fixtures/facts.ts';
import { failedRequest, pmsLog } from '../../support/fixtures/traffic.ts';
import { runs } from '../../support/fuzz.ts';

const HOST = 'plex.tv';
const SCANNER = 'Plex Media Scanner';

/** `12` is noon in UTC, `12 local` the same figures without a zone. */
function at(hour: number, zone: 'Z' | '' = 'Z'): string {
  return `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000${zone}`;
}

function failure(hour: number, more: Partial<PmsRequest> = {}): PmsRequest {
  return failedRequest(HOST, { firstAt: at(hour), lastAt: at(hour), ...more });
}

function answer(hour: number, status: number, more: Partial<PmsRequest> = {}): PmsRequest {
  return failure(hour, { status, curl: null, error: null, outcome: 'ok', ...more });
}

function warning(hour: number): PmsWarning {
  const times = { firstAt: at(hour), lastAt: at(hour) };
  return { log: 'Plex Media Server', level: 'warning', topic: 'unknown', text: 'failed', count: 1, ...times };
}

/** How the probes of both routes ended. */
interface ProbePlan {
  readonly direct?: Outcome;
  readonly viaProxy?: Outcome;
  readonly deniedAsPms?: boolean;
}

function probes(plan: ProbePlan = {}, hour = 20): readonly PmsWay[] {
  const http = { receivedAt: at(hour) };
  const { deniedAsPms = false } = plan;
  const timed = (outcome: Outcome): AttemptPlan => (outcome === 'ok' ? { outcome, http, deniedAsPms } : { outcome });
  const facts = factsFixture({ direct: timed(plan.direct ?? 'no-reply'), viaProxy: timed(plan.viaProxy ?? 'ok') });
  const [results, routing] = [valueOf(facts.results) ?? [], valueOf(facts.routing)];
  return routing === null ? [] : pmsWays(results, routing);
}

function brief(standing: Standing | undefined): string {
  if (standing === undefined || standing.state === 'present') return standing?.state ?? 'none';
  const { because } = standing;
  return because.kind === 'probe' ? `probe ${because.routes.join('+')}` : `${because.kind} ${because.at}`;
}

/** The standing of the first failure. */
function ofFailure(log: Partial<PmsLog>, probed: readonly PmsWay[] = []): string {
  return brief(standingsOf(pmsLog(log), probed).failures[0]?.standing);
}

const OPEN = { direct: 'ok' } as const;

describe('trouble that is over', () => {
  const refused: PmsScan = { at: at(10), kind: 'refused', section: '1', status: 503, command: null };
  const accepted: PmsScan = { ...refused, at: at(11), kind: 'started', status: 200 };
  it.each<[string, Partial<PmsLog>, boolean]>([
    ['answered later', { requests: [failure(10), answer(11, 200)] }, true],
    [
      'answered after a new start',
      { requests: [failure(10), answer(12, 200)], starts: [{ at: at(11), version: null }] },
      true,
    ],
    ['started anew, and not asked since', { requests: [failure(10)], starts: [{ at: at(11), version: null }] }, false],
    ['one of two', { requests: [failure(10), answer(11, 200), failure(10, { host: 'v4.plex.tv' })] }, false],
    [
      'an answer that says no is no trouble of the network',
      { requests: [failure(10), answer(11, 200), answer(12, 404, { host: 'v4.plex.tv' })] },
      true,
    ],
    ['a refused scan that was taken later', { scans: [refused, accepted] }, true],
    ['a refused scan', { scans: [refused] }, false],
    ['none was there', { requests: [answer(11, 200)] }, false],
  ])('%s: %s', (_, log, over) => {
    expect(isTroubleOver(pmsLog(log))).toBe(over);
  });
});

describe('a failed request', () => {
  it.each<[string, readonly PmsRequest[], string]>([
    ['nothing came after', [failure(10)], 'present'],
    ['answered later', [failure(10), answer(11, 200)], `answered ${at(11)}`],
    ['refused by the endpoint itself later: its network works', [failure(10), answer(11, 401)], `answered ${at(11)}`],
    ['answered before', [failure(10), answer(9, 200)], 'present'],
    ['answered at the same moment', [failure(10), answer(10, 200)], 'present'],
    ['another host answered', [failure(10), answer(11, 200, { host: 'metadata.provider.plex.tv' })], 'present'],
    ['another port answered', [failure(10), answer(11, 200, { port: 8443 })], 'present'],
    ['another program was answered', [failure(10, { log: SCANNER }), answer(11, 200)], 'present'],
    [
      'another kind of scanner was answered',
      [failure(10, { log: SCANNER }), answer(11, 200, { log: `${SCANNER} Matcher` })],
      `answered ${at(11)}`,
    ],
    ['a status failed, a success came later', [answer(10, 503), answer(11, 200)], `answered ${at(11)}`],
    ['not authorized, and another request answered later', [answer(10, 401), answer(11, 200)], 'present'],
    ['a status failed, and fails as another', [answer(10, 503), answer(11, 401)], 'present'],
    [
      'without encryption a refusal can be the proxy’s',
      [failure(10, { scheme: 'http', port: 80 }), answer(11, 403, { scheme: 'http', port: 80 })],
      'present',
    ],
    ['no time', [failure(10, { lastAt: null }), answer(11, 200)], 'present'],
    [
      'both without a zone',
      [failure(10, { lastAt: at(10, '') }), answer(11, 200, { lastAt: at(11, '') })],
      `answered ${at(11, '')}`,
    ],
    [
      'one without a zone: hours apart may be another order',
      [failure(10, { lastAt: at(10, '') }), answer(20, 200)],
      'present',
    ],
    [
      'one without a zone: more than a day apart is surely later',
      [failure(10, { lastAt: '2026-11-20T10:00:00.000' }), answer(20, 200)],
      `answered ${at(20)}`,
    ],
  ])('%s', (_, requests, expected) => {
    expect(ofFailure({ requests })).toBe(expected);
  });

  it.each([
    ['later', 11, `started ${at(11)}`],
    ['before', 9, 'present'],
  ])('PMS started anew %s', (_, hour, expected) => {
    expect(ofFailure({ requests: [failure(10)], starts: [{ at: at(hour), version: null }] })).toBe(expected);
  });

  it.each<[string, Partial<PmsRequest>, ProbePlan, string]>([
    ['PMS itself: its own way works', { outcome: null, curl: 28 }, {}, 'probe proxy'],
    ['its own way fails', { outcome: null, curl: 28 }, { viaProxy: 'denied' }, 'present'],
    ['its own way was not tried', { outcome: null, curl: 28 }, { viaProxy: 'not-run' }, 'present'],
    ['known to have gone direct, and direct is blocked', { route: 'direct', outcome: null }, {}, 'present'],
    ['known to have gone direct, and direct works', { route: 'direct', outcome: null }, OPEN, 'probe direct'],
    ['known to have gone through the proxy', { route: 'proxy', outcome: 'denied', curl: 56 }, {}, 'probe proxy'],
    ['a name asked for locally: only the direct way tells', { outcome: 'unresolved' }, {}, 'present'],
    ['the scanner may ignore the settings', { log: SCANNER, outcome: null }, {}, 'present'],
    [
      'denied, and by a probe that was let through under another name',
      { route: 'proxy', outcome: 'denied', curl: 56 },
      { deniedAsPms: true },
      'present',
    ],
    ['the scanner, with both ways open', { log: SCANNER, outcome: null }, OPEN, 'probe proxy+direct'],
    ['a status is no matter of the network', { status: 503, curl: null, error: null, outcome: 'ok' }, OPEN, 'present'],
    ['a host that is not probed', { host: 'other.example' }, OPEN, 'present'],
  ])('probed later: %s', (_, more, options, expected) => {
    expect(ofFailure({ requests: [failure(10, more)] }, probes(options))).toBe(expected);
  });

  it('a probe from before says nothing', () => {
    expect(ofFailure({ requests: [failure(10, { route: 'proxy' })] }, probes(OPEN, 9))).toBe('present');
  });

  it('what merely has no end in the log did not fail', () => {
    const open = failure(10, { curl: null, error: null, outcome: null });
    expect(standingsOf(pmsLog({ requests: [open, answer(11, 200)] })).failures).toEqual([]);
  });
});

describe('a state and a refused scan', () => {
  const state = (hour: number, value: string, kind: PmsState['kind'] = 'sign-in'): PmsState => ({
    at: at(hour),
    kind,
    value,
  });
  const scan = (hour: number, kind: PmsScan['kind'], section: string | null): PmsScan => ({
    at: at(hour),
    kind,
    section,
    status: null,
    command: null,
  });

  it.each<[string, readonly PmsState[], string]>([
    ['the last of its kind', [state(10, 'failed')], 'present'],
    ['changed later', [state(10, 'failed'), state(11, 'ok')], `changed ${at(11)}`],
    ['another kind changed', [state(10, 'failed'), state(11, 'Mapped', 'mapping')], 'present'],
    ['another provider changed', [state(10, 'a offline', 'provider'), state(11, 'b online', 'provider')], 'present'],
    [
      'this provider changed',
      [state(10, 'a offline', 'provider'), state(11, 'a online', 'provider')],
      `changed ${at(11)}`,
    ],
  ])('state: %s', (_, states, expected) => {
    expect(brief(standingsOf(pmsLog({ states })).states[0]?.standing)).toBe(expected);
  });

  it.each<[string, readonly PmsScan[], string]>([
    ['nothing later', [scan(10, 'refused', '4')], 'present'],
    ['accepted later', [scan(10, 'refused', '4'), scan(11, 'started', '4')], `accepted ${at(11)}`],
    ['all sections accepted later', [scan(10, 'refused', '4'), scan(11, 'started', null)], `accepted ${at(11)}`],
    ['another section accepted', [scan(10, 'refused', '4'), scan(11, 'started', '5')], 'present'],
    ['a child ran', [scan(10, 'refused', '4'), scan(11, 'child', '4')], 'present'],
  ])('refusal: %s', (_, scans, expected) => {
    expect(brief(standingsOf(pmsLog({ scans })).refusals[0]?.standing)).toBe(expected);
  });

  it.each<[string, readonly PmsRequest[], string]>([
    ['a failed request is behind it, and all is answered by now', [failure(10, { route: 'direct' })], 'probe direct'],
    ['one that still fails', [failure(10, { route: 'proxy' })], 'present'],
    ['one of several still fails', [failure(10, { route: 'direct' }), failure(10, { route: 'proxy' })], 'present'],
    ['one that failed long before is not behind it', [failure(8, { route: 'direct' })], 'present'],
    ['nor one that failed later', [failure(12, { route: 'direct' })], 'present'],
    ['nor one that no scan needs', [failure(10, { route: 'direct', host: 'v4.plex.tv' })], 'present'],
  ])('refusal: %s', (_, requests, expected) => {
    const log = pmsLog({ requests, scans: [scan(10, 'refused', '4')] });
    const now = probes({ direct: 'ok', viaProxy: 'proxy-unreachable' });
    expect(brief(standingsOf(log, now).refusals[0]?.standing)).toBe(expected);
  });

  it('a new start of PMS begins both anew', () => {
    const starts = [{ at: at(12), version: null }];
    const { states, refusals } = standingsOf(
      pmsLog({ states: [state(10, 'failed')], scans: [scan(10, 'refused', '4')], starts }),
    );
    expect([...states, ...refusals].map(({ standing }) => brief(standing))).toEqual(Array(2).fill(`started ${at(12)}`));
  });
});

it('the present log lacks what is past and keeps everything else', () => {
  const [failed, answered, open] = [failure(10), answer(11, 200), failure(12, { host: 'metadata.provider.plex.tv' })];
  const [before, after] = [warning(9), warning(11)];
  const starts = [{ at: at(9).replace(':00:', ':30:'), version: null }];
  const log = pmsLog({ requests: [failed, answered, open], warnings: [before, after], starts });
  expect(presentOf(log, [])).toEqual({ ...log, requests: [answered, open], warnings: [after] });
});

describe('for all logs', () => {
  const hour = fc.integer({ min: 0, max: 23 });
  const log = fc.constantFrom('Plex Media Server', SCANNER, `${SCANNER} Matcher`, 'com.plexapp.system');
  const host = fc.constantFrom(HOST, 'metadata.provider.plex.tv');
  const answers = fc.array(
    fc
      .record({ hour, log, host, status: fc.constantFrom(200, 401, 503) })
      .map((each) => answer(each.hour, each.status, each)),
  );
  const failures = fc
    .record({ hour, log, host, route: fc.constantFrom('direct', 'proxy', null) })
    .map((each) => failure(each.hour, each));
  const starts = fc.array(hour.map((each) => ({ at: at(each), version: null })));

  it('less evidence never makes a present trouble past', () => {
    fc.assert(
      fc.property(failures, answers, starts, fc.nat(), fc.boolean(), (failed, more, began, kept, open) => {
        const whole = ofFailure({ requests: [failed, ...more], starts: began }, probes(open ? OPEN : {}));
        const less = ofFailure({ requests: [failed, ...more.slice(kept)], starts: began.slice(kept) });
        expect(whole === 'present' && less !== 'present').toBe(false);
      }),
      runs(70),
    );
  });

  it('the answers of other programs and other hosts change nothing', () => {
    fc.assert(
      fc.property(failures, answers, (failed, more) => {
        const strangers = more.filter(
          (each) => each.host !== failed.host || each.log.slice(0, 18) !== failed.log.slice(0, 18),
        );
        expect(ofFailure({ requests: [failed, ...strangers] })).toBe('present');
      }),
      runs(70),
    );
  });
});
