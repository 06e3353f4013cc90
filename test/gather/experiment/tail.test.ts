import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { markEnd, readAdded } from '../../../src/gather/experiment/tail.ts';
import { LogFolder } from '../../support/logs/log-files.ts';
import { runs } from '../../support/fuzz.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

let files = 0;
/** Marks a log of which `happens` makes something, and reads what was added. */
async function added(
  before: string | null,
  happens: (path: string) => void,
  limitBytes?: number,
): Promise<string | null> {
  const path = before === null ? join(folder.path, `${++files}.log`) : folder.add(`${++files}.log`, before);
  const tail = await markEnd(path);
  happens(path);
  const bytes = await readAdded(tail, limitBytes);
  return bytes === null ? null : Buffer.from(bytes).toString();
}

describe('what was added', () => {
  it.each<[string, string | null, (path: string) => void, string | null]>([
    ['to a log that grows', 'old\n', (path) => appendFileSync(path, 'new\n'), 'new\n'],
    ['to a log that does not', 'old\n', () => undefined, ''],
    ['to one that begins only now', null, (path) => writeFileSync(path, 'new\n'), 'new\n'],
    ['to one that never begins', null, () => undefined, null],
    ['to one that is gone', 'old\n', (path) => rmSync(path), null],
    [
      'to one that was cut off',
      'old and long\n',
      (path) => (truncateSync(path), appendFileSync(path, 'new\n')),
      'new\n',
    ],
    [
      'to one that was rotated by renaming',
      'old\n',
      (path) => {
        appendFileSync(path, 'before\n');
        renameSync(path, path.replace(/\.log$/, '.1.log'));
        writeFileSync(path, 'after\n');
      },
      'before\nafter\n',
    ],
    [
      'to one that was moved as Squid does, its successor not begun',
      'old\n',
      (path) => {
        appendFileSync(path, 'before\n');
        renameSync(path, `${path}.0`);
      },
      'before\n',
    ],
    [
      'to one that was rotated to where nobody finds it',
      'old\n',
      (path) => {
        mkdirSync(`${path}-archive`);
        renameSync(path, join(`${path}-archive`, 'x'));
        writeFileSync(path, 'after\n');
      },
      'after\n',
    ],
  ])('%s', async (_, before, happens, expected) => {
    expect(await added(before, happens)).toBe(expected);
  });

  it('is read up to a bound', async () => {
    expect(await added('old', (path) => appendFileSync(path, 'abcdefgh'), 5)).toBe('abcde');
  });

  it('is whatever is appended, in however many pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.string()), async (before, pieces) => {
        expect(await added(before, (path) => pieces.forEach((piece) => appendFileSync(path, piece)))).toBe(
          Buffer.from(pieces.join('')).toString(),
        );
      }),
      runs(10),
    );
  });
});

it('a folder is no file', async () => {
  const tail = await markEnd(folder.path);
  expect(tail.from).toEqual({ code: 'NOT_A_FILE' });
  expect(await readAdded(tail)).toBeNull();
});

it('a path through a file is no path', async () => {
  const path = join(folder.add('plain', ''), 'x.log');
  expect((await markEnd(path)).from).toEqual({ code: 'ENOTDIR' });
});
