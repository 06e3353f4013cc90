import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import plain from '../../../src/allow/targets/plain.ts';
import { anyList, rulesOf } from '../../support/allow/lists.ts';
import { runs } from '../../support/fuzz.ts';

it('has one name a line, and nothing else', () => {
  fc.assert(
    fc.property(anyList, (list) => {
      expect(rulesOf(plain, list)).toEqual(list.names.map(({ host }) => host));
    }),
    runs(20),
  );
});
