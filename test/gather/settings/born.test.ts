import { describe, expect, it } from 'vitest';
import { failed, ok, type Settings } from '../../../src/core/model/evidence.ts';
import { SecretVariables } from '../../../src/core/values/secret-variables.ts';
import { withBorn, type BornProcesses } from '../../../src/gather/settings/born.ts';
import { directFlow } from '../../support/fixtures/traffic.ts';

const SETTINGS: Settings = {
  used: 'pid:800',
  basis: 'observed',
  why: '',
  sources: [{ id: 'pid:800', kind: 'process', process: 'Plex Media Server', pid: 800, variables: ok([]) }],
};
const PROXIED = new SecretVariables({ https_proxy: 'http://user:secret@proxy:3128' });
const NONE = new SecretVariables({});
const SCANNER = 'Plex Media Scanner';

/** `id program: variables`, or why they are not known. */
function told(born: readonly BornProcesses[], flows: Parameters<typeof withBorn>[2] = []): readonly string[] {
  const settings = withBorn(ok(SETTINGS), born, flows);
  if (settings.state !== 'ok') throw new Error(settings.reason.message);
  return settings.value.sources.slice(1).map(({ id, process, variables }) => {
    const found =
      variables.state === 'ok'
        ? variables.value.map(({ name, value, from }) => `${name}=${value} (${from})`).join(' ')
        : variables.reason.message;
    return `${id} ${process}: ${found}`;
  });
}

const pids = (count: number, from = 931): readonly number[] => Array.from({ length: count }, (_, i) => from + i);

describe('withBorn', () => {
  it.each<[string, BornProcesses, readonly string[]]>([
    [
      'a program of Plex, its variables masked',
      { program: SCANNER, variables: PROXIED, pids: [931] },
      ['pid:931 Plex Media Scanner: https_proxy=http://***@proxy:3128 (/proc/931/environ)'],
    ],
    ['one without variables', { program: SCANNER, variables: NONE, pids: [931] }, ['pid:931 Plex Media Scanner: ']],
    [
      'some for many that are alike',
      { program: SCANNER, variables: NONE, pids: pids(100) },
      pids(3).map((pid) => `pid:${pid} Plex Media Scanner: `),
    ],
    [
      'those that ended too soon, counted, never as if they had none',
      { program: SCANNER, variables: null, pids: pids(40) },
      ['pid:931 Plex Media Scanner: 40 processes of Plex Media Scanner ended before their environment could be read'],
    ],
    ['not another program that went nowhere', { program: 'sh', variables: NONE, pids: [931] }, []],
    ['not one that is known already', { program: SCANNER, variables: NONE, pids: [800] }, []],
  ])('%s', (_name, born, expected) => {
    expect(told([born])).toEqual(expected);
  });

  it('names those whose connections were seen, whatever they run', () => {
    const out = directFlow(null, { process: 'curl', pid: 940 });
    const inside = directFlow(null, { process: 'curl', pid: 941, route: 'loopback' });
    const born = { program: 'curl', variables: NONE, pids: pids(20) };
    expect(told([born], [out, inside])).toEqual(['pid:940 curl: ']);
    expect(told([{ ...born, variables: null }], [out])).toEqual([
      'pid:940 curl: this process of curl ended before its environment could be read',
    ]);
  });

  it('leaves settings alone that are not known', () => {
    const unknown = failed('NO_SETTINGS');
    expect(withBorn(unknown, [{ program: SCANNER, variables: NONE, pids: [931] }], [])).toBe(unknown);
  });
});
