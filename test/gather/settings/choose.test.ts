import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/core/model/evidence.ts';
import { SecretVariables } from '../../../src/core/values/secret-variables.ts';
import { chooseProxies } from '../../../src/gather/settings/choose.ts';
import { source } from '../../support/fixtures/facts.ts';

type Values = Readonly<Record<string, string>>;

/** The first source is the judged one. */
function chosen(...sources: readonly Values[]) {
  const listed = sources.map((values, i) => source(`s${i}`, 'file', values));
  const settings: Settings = { used: 's0', basis: 'observed', why: 'x', sources: listed };
  const live = new Map(sources.map((values, i) => [`s${i}`, new SecretVariables(values)]));
  const { http, https, problems } = chooseProxies(settings, live);
  return { http: http?.url.masked ?? null, https: https?.url.masked ?? null, from: https?.from ?? null, problems };
}

const A = 'http://a:1';
const B = 'http://b:2';
const C = 'http://c:3';

describe('chooseProxies', () => {
  it.each<[string, readonly Values[], string | null, string | null]>([
    ['nothing anywhere', [{}], null, null],
    ['both', [{ http_proxy: A, https_proxy: B }], A, B],
    ['all_proxy for what has none of its own', [{ all_proxy: A, https_proxy: B }], A, B],
    ['lower case first', [{ https_proxy: A, HTTPS_PROXY: B, all_proxy: C }], C, A],
    ['HTTP_PROXY, which curl ignores, as the last resort', [{ HTTP_PROXY: A, ALL_PROXY: B }], B, B],
    ['HTTP_PROXY alone', [{ HTTP_PROXY: A }], A, null],
    ['an empty value is none', [{ https_proxy: '', HTTPS_PROXY: A }], null, A],
    ['another source when the judged one names none', [{}, { https_proxy: A }, { https_proxy: B }], null, A],
    ['the judged source first', [{ https_proxy: A }, { https_proxy: B, http_proxy: C }], C, A],
    ['without a scheme', [{ https_proxy: 'a:1' }], null, A],
  ])('%s', (_, sources, http, https) => {
    expect(chosen(...sources)).toMatchObject({ http, https, problems: [] });
  });

  it('says where it stands, and when the judged settings lack it', () => {
    expect(chosen({ https_proxy: A }).from).toMatch(/^https_proxy of s0$/);
    expect(chosen({}, { HTTPS_PROXY: A }).from).toMatch(/^HTTPS_PROXY of s1, /);
  });

  it('a value that is no address is a problem, and the next source is asked', () => {
    const result = chosen({ https_proxy: 'ftp://alice:Hunter2Canary@a' }, { https_proxy: B });
    expect(result).toMatchObject({ https: B });
    expect(result.problems).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('Hunter2Canary');
  });
});
