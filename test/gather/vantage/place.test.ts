import { describe, expect, it } from 'vitest';
import { parseUser, placeOf, type User } from '../../../src/gather/vantage/place.ts';

const STATUS = (uid: string, gid: string, groups: string): string =>
  `Name:\tPlex Media Serv\nState:\tS (sleeping)\nUid:\t${uid}\nGid:\t${gid}\nFDSize:\t64\nGroups:\t${groups} \n`;

describe('the user of a process', () => {
  it.each<[name: string, status: string, expected: User | null]>([
    [
      'with groups',
      STATUS('997\t997\t997\t997', '996\t996\t996\t996', '44 996'),
      { uid: 997, gid: 996, groups: [44, 996] },
    ],
    ['without groups', STATUS('0\t0\t0\t0', '0\t0\t0\t0', ''), { uid: 0, gid: 0, groups: [] }],
    ['by its effective ids', STATUS('0\t997\t0\t0', '0\t996\t0\t0', ''), { uid: 997, gid: 996, groups: [] }],
    ['a status that says nothing', 'Name:\tx\n', null],
    ['no status', '', null],
  ])('%s', (_, status, expected) => {
    expect(parseUser(status)).toEqual(expected);
  });

  it('is not known of a process that is not there', async () => {
    expect(await placeOf('/nowhere', 812)).toEqual({
      place: { network: null, uid: null },
      user: null,
      otherRoot: '/nowhere/812/root',
    });
  });
});
