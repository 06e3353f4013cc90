import { describe, expect, it } from 'vitest';
import { failed, ok, type SettingsSource } from '../../../../src/core/model/evidence.ts';
import {
  decidingValue,
  proxyAddresses,
  proxyExclusions,
  runningPms,
  variableNames,
} from '../../../../src/core/judge/settings/settings-compare.ts';

const source = (variables: Readonly<Record<string, string>>, more: Partial<SettingsSource> = {}): SettingsSource => ({
  id: 'pid:812',
  kind: 'process',
  process: null,
  pid: 812,
  variables: ok(Object.entries(variables).map(([name, value]) => ({ name, value, from: '/proc/812/environ' }))),
  ...more,
});
const unreadable = source({}, { variables: failed('EACCES', 'no right') });

describe('settings-compare', () => {
  it.each([
    [
      { http_proxy: 'a', HTTPS_PROXY: 'b', All_Proxy: 'c', no_proxy: 'd', JAVA_TOOL_OPTIONS: 'e' },
      'http_proxy, HTTPS_PROXY, All_Proxy',
    ],
    [{ http_proxy: '' }, ''],
  ])('takes the addresses of %j', (variables, names) => {
    expect(variableNames(proxyAddresses(source(variables)))).toBe(names);
  });

  it('takes exclusions in every spelling, empty ones too', () => {
    expect(variableNames(proxyExclusions(source({ no_proxy: '', NO_PROXY: 'x', http_proxy: 'y' })))).toBe(
      'no_proxy, NO_PROXY',
    );
  });

  it('gives nothing for what could not be read', () => {
    expect([...proxyAddresses(unreadable), ...proxyExclusions(unreadable)]).toEqual([]);
  });

  it.each([
    [{ https_proxy: 'low', HTTPS_PROXY: 'UP' }, 'low'],
    [{ HTTPS_PROXY: 'UP', https_proxy: 'low' }, 'low'],
    [{ HTTPS_PROXY: 'UP' }, 'UP'],
    [{ https_proxy: '', HTTPS_PROXY: 'UP' }, 'UP'],
    [{ http_proxy: 'x' }, null],
  ])('decides among the spellings of %j', (variables, value) => {
    expect(decidingValue(proxyAddresses(source(variables)), 'https_proxy')).toBe(value);
  });

  it.each([
    ['the readable process', [source({}, { id: 'shell', kind: 'shell' }), source({})], 'pid:812'],
    ['nothing when it is unreadable', [unreadable], undefined],
    ['no child', [source({}, { kind: 'child' })], undefined],
  ])('as the running PMS takes %s', (_, sources, id) => {
    expect(runningPms({ used: 'shell', basis: 'assumed', why: '', sources })?.id).toBe(id);
  });
});
