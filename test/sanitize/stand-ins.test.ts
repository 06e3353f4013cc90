import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CURL } from '../../src/core/dialects/curl.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';
import { toPseudonyms, toStandIns } from '../../src/core/values/stand-ins.ts';
import { withPseudonyms } from '../../src/sanitize/stand-ins.ts';
import { reportFixture } from '../support/fixtures/report.ts';

describe('stand-ins', () => {
  it.each([
    ['http://***@<proxy-1>:3128', 'http://***@proxy-1.pseudonym.invalid:3128'],
    ['.<domain-2>,<host-3>', '.domain-2.pseudonym.invalid,host-3.pseudonym.invalid'],
    ['<lan-ip-1> <public-ip-300>', '240.1.0.1 240.2.1.44'],
    ['<lan-net-1>/16', '240.3.0.1/16'],
    ['<lan-ip-1>.<server-1>.plex.direct', '240.1.0.1.<server-1>.plex.direct'],
    ['<user-1> <ca-1> <removed-token>', '<user-1> <ca-1> <removed-token>'],
  ])('%s', (pseudonyms, standIns) => {
    expect(toStandIns(pseudonyms)).toBe(standIns);
    expect(toPseudonyms(standIns)).toBe(pseudonyms);
    expect(new Sanitizer(NO_SEEDS).text(standIns)).toBe(pseudonyms);
  });

  it('leave ordinary text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toPseudonyms(toStandIns(text))).toBe(text);
      }),
    );
  });

  it('make a sanitized setting readable for a client', () => {
    const variables = {
      https_proxy: toStandIns('http://<proxy-1>:3128'),
      no_proxy: toStandIns('.<domain-1>,<lan-net-1>/16'),
    };
    const target = { scheme: 'https', host: 'plex.tv', port: 443 } as const;
    expect(CURL.decide(variables, target)).toMatchObject({ route: 'proxy', error: null });
  });

  it('do not stay in a report', () => {
    const report = reportFixture();
    const judged = { ...report, proxy: { ...report.proxy, url: toStandIns(report.proxy.url ?? '') } };
    expect(judged).not.toEqual(report);
    expect(withPseudonyms(judged)).toEqual({ ...report });
  });
});
