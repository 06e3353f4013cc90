import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planScans } from '../../../src/core/model/experiment.ts';
import { LIBRARY_NEEDS, type Library } from '../../../src/core/model/pms-status.ts';
import { aLibrary } from '../../support/servers/scanning-pms.ts';
import { runs } from '../../support/fuzz.ts';

const MUSIC = aLibrary('1');
const MORE_MUSIC = aLibrary('2');
const MOVIES = aLibrary('3', 'provider', { type: 'movie', agent: 'tv.plex.agents.movie' });
const OLD_MOVIES = aLibrary('4', 'plug-ins', { type: 'movie' });
const HOME = aLibrary('5', 'nothing', { type: 'movie' });
const PHOTOS = aLibrary('6', 'nothing', { type: 'photo' });
const ALL = [MOVIES, OLD_MOVIES, MUSIC, MORE_MUSIC, HOME, PHOTOS];

describe('which libraries are scanned', () => {
  it.each<[string, readonly Library[], readonly string[], readonly string[]]>([
    ['one for each agent: the control, music, the rest', ALL, [], ['5 control', '1 agent', '3 agent', '4 agent']],
    ['without a control', [MOVIES, MUSIC], [], ['1 agent', '3 agent']],
    ['nothing but what needs nobody', [HOME, PHOTOS], [], ['5 control']],
    [
      'one agent for two types is two',
      [MUSIC, aLibrary('7', 'provider', { type: 'show' })],
      [],
      ['1 agent', '7 agent'],
    ],
    ['none', [], [], []],
    ['named ones, in the order of PMS', ALL, ['4', '1'], ['4 asked', '1 asked']],
    ['one that is named twice is scanned once', ALL, ['1', '1'], ['1 asked']],
    ['one that is named and needs nobody', ALL, ['5'], ['5 asked']],
  ])('%s', (_, libraries, named, expected) => {
    const plan = planScans(libraries, named);
    expect(plan.ok && plan.scans.map(({ library, role }) => `${library.id} ${role}`)).toEqual(expected);
  });

  it.each([
    ['an unknown one', ['9'], '9'],
    ['an unknown one among known ones', ['1', '8', '9'], '8'],
    ['a title', ['Music'], 'Music'],
  ])('%s is told', (_, named, unknown) => {
    expect(planScans(ALL, named)).toEqual({ ok: false, unknown });
  });

  it('any thousand libraries: one for each agent and type that needs somebody, at most one control, and that first', () => {
    const library = fc.record({
      type: fc.constantFrom('artist', 'movie', 'show', 'photo'),
      needs: fc.constantFrom(...LIBRARY_NEEDS),
    });
    fc.assert(
      fc.property(fc.array(library, { maxLength: 1_000, size: 'max' }), (kinds) => {
        const libraries = kinds.map(({ type, needs }, i) => aLibrary(String(i), needs, { type }));
        const plan = planScans(libraries, []);
        const scans = plan.ok ? plan.scans : [];
        const kindOf = ({ type, agent }: Library): string => `${type} ${agent}`;
        const needy = new Set(libraries.filter(({ needs }) => needs !== 'nothing').map(kindOf));
        expect(
          scans
            .filter(({ role }) => role === 'agent')
            .map(({ library: { type, agent } }) => `${type} ${agent}`)
            .toSorted(),
        ).toEqual([...needy].toSorted());
        const control = scans.findIndex(({ role }) => role === 'control');
        expect(control).toBe(libraries.some(({ needs }) => needs === 'nothing') ? 0 : -1);
        const types = scans.filter(({ role }) => role === 'agent').map(({ library: { type } }) => type === 'artist');
        expect(types).toEqual(types.toSorted((a, b) => Number(b) - Number(a)));
      }),
      runs(10),
    );
  });
});
