import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidedOf } from '../../../../src/core/judge/settings/routing.ts';
import type { Variables } from '../../../../src/core/values/variables.ts';
import { evidenceSchema, type Evidence } from '../../../../src/core/model/evidence.ts';
import { printableEvidence } from '../../../../src/core/model/printable-evidence.ts';
import { decidePlaces, exceptionsOf, recordWhole } from '../../../../src/core/judge/settings/recorded.ts';
import { SecretVariables } from '../../../../src/core/values/secret-variables.ts';
import { generateCases } from '../../../lab/dialects/cases.ts';
import { evidenceFixture } from '../../../support/fixtures/evidence.ts';
import { endpoint } from '../../../support/fixtures/facts.ts';
import { FUZZ, runs } from '../../../support/fuzz.ts';

const ENDPOINTS = ['plex.tv', '192.168.1.1', '2001:db8::1', 'www.example.com'].map((host) => endpoint(host));
const CANARY = 'hunter2canary';

/** Evidence as it is kept: values masked and printable, what they do not decide recorded. */
function kept(variables: Variables, endpoints = ENDPOINTS): Evidence {
  const masked = new SecretVariables(variables).masked();
  return recordWhole(printableEvidence(evidenceFixture({ endpoints, variables: masked })), variables);
}

function recordedIn({ items: { settings } }: Evidence): readonly unknown[] {
  return settings.state === 'ok' ? (settings.value.recorded ?? []) : [];
}

describe('recordWhole', () => {
  it.each<[string, Variables]>([
    ['a slash in a password', { https_proxy: 'http://alice:pa/ss@proxy.lan:3128' }],
    ['a number before the slash', { https_proxy: 'http://alice:12/34@proxy.lan:3128' }],
    ['a slash in a name', { https_proxy: 'http://al/ice:secret@proxy.lan:3128' }],
    ['a number sign', { https_proxy: 'http://alice:pa#ss@proxy.lan:3128' }],
    ['a question mark', { https_proxy: 'alice:pa?ss@proxy.lan:3128' }],
    ['a blank', { https_proxy: 'http://alice:pa ss@proxy.lan:3128' }],
    ['nothing before the "@"', { https_proxy: 'http://@proxy.lan:3128' }],
    ['a line break at the end', { https_proxy: 'http://proxy.lan:3128\n' }],
    ['a tab between exclusions', { https_proxy: 'http://proxy.lan:3128', no_proxy: 'foo.test\tplex.tv' }],
    ['an "@" among exclusions', { https_proxy: 'http://proxy.lan:3128', no_proxy: 'plex.tv,someone@foo.test' }],
  ])('%s', (_, variables) => {
    const evidence = kept(variables);
    expect(recordedIn(evidence)).not.toEqual([]);
    expect(exceptionsOf(decidePlaces(variables, ENDPOINTS), decidedOf(evidence))).toEqual([]);
    expect(evidenceSchema.parse(evidence)).toEqual(evidence);
  });

  it("takes the root's dot for a part of the name, as clients do", () => {
    const variables = { https_proxy: 'http://proxy.lan:3128', no_proxy: 'plex.tv' };
    const routes = [false, true].map(
      (rooted) =>
        decidePlaces(variables, [endpoint('plex.tv', { rooted })]).map(({ decisions }) => decisions.wget.route)[0],
    );
    expect(routes).toEqual(['direct', 'proxy']);
  });

  it('keeps nothing where the masked values decide alike', () => {
    expect(recordedIn(kept({ https_proxy: 'http://alice:secret@proxy.lan:3128', no_proxy: 'plex.tv' }))).toEqual([]);
  });

  it('decides as the whole values do, whatever they are', () => {
    for (const { variables, target } of generateCases(50 * FUZZ, 4)) {
      const endpoints = [endpoint(target.host, { scheme: target.scheme, port: target.port })];
      const missing = exceptionsOf(decidePlaces(variables, endpoints), decidedOf(kept(variables, endpoints)));
      expect({ variables, missing }).toEqual({ variables, missing: [] });
    }
  });

  it('keeps no secret, also where a client takes it for a host', () => {
    const odd = fc.constantFrom('', '/', '#', '?', '@', ':', '12/', ' ', ',', '/x/', '\\', '%', '\n', 'u');
    const value = fc
      .tuple(fc.constantFrom('', 'http://', 'socks5://', 'http:', '//', ' http://'), odd, odd, odd, odd)
      .map(([scheme, a, b, c, d]) => `${scheme}${a}${CANARY}${b}:${c}${CANARY}${d}@proxy.lan:3128`);
    fc.assert(
      fc.property(value, fc.constantFrom('http_proxy', 'https_proxy', 'no_proxy'), (secret, name) => {
        const evidence = kept({ https_proxy: 'http://proxy.lan:3128', [name]: secret });
        expect(JSON.stringify(evidence)).not.toContain(CANARY);
      }),
      runs(50),
    );
  });

  it('keeps neither a port nor a host that is a piece of a password', () => {
    const evidence = kept({ https_proxy: 'proxy:4711/x@ftp.proxy.lan:3128' });
    expect(JSON.stringify(recordedIn(evidence))).toContain('http://***');
    expect(JSON.stringify(evidence)).not.toContain('4711');
  });
});
