import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failed, notRun, ok } from '../../../src/core/model/evidence.ts';
import { asGathered, firstOf, listDirectory, readChunks, readText } from '../../../src/gather/system/files.ts';

let outside = '';
let root = '';

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'pms-files-'));
  root = join(outside, 'root');
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, 'a/file'), 'inside');
  await writeFile(join(outside, 'secret'), 'outside');
  const links = {
    absolute: '/a/file',
    relative: 'a/b/../file',
    climbing: '../../../../../secret',
    [`a/b/up`]: '../file',
    directory: '/a',
    loop: 'loop',
    dangling: '/nothing',
  };
  for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path));
});
afterAll(() => rm(outside, { recursive: true, force: true }));

describe('reading below a root', () => {
  it.each([
    ['/a/file', ok('inside')],
    ['/absolute', ok('inside')],
    ['/relative', ok('inside')],
    ['/a/b/up', ok('inside')],
    ['/directory/file', ok('inside')],
    ['/climbing', notRun('ENOENT', '/climbing does not exist')],
    ['/../secret', notRun('ENOENT', '/../secret does not exist')],
    ['/dangling', notRun('ENOENT', '/dangling does not exist')],
    ['/a/file/x', notRun('ENOENT', '/a/file/x does not exist')],
    ['/loop', failed('OTHER', '/loop could not be read (ELOOP)')],
    ['/a', failed('EISDIR', '/a is not a regular file')],
  ])('%s', async (path, expected) => {
    expect(await readText(root, path)).toEqual(expected);
  });

  it('lists a directory behind a link', async () => {
    expect(await listDirectory(root, '/directory')).toEqual(ok(['b', 'file']));
  });

  it('refuses a file that is too large to be what it should be', async () => {
    await writeFile(join(root, 'large'), '');
    await truncate(join(root, 'large'), 33 * 1024 * 1024);
    expect(await readText(root, '/large')).toMatchObject({ state: 'failed', reason: { code: 'EFBIG' } });
  });

  it.each([
    ['the end', 7, true, 'end'],
    ['the exact limit', 6, true, 'end'],
    ['the limit', 5, true, 'limit'],
    ['enough', 6, false, 'enough'],
  ])('stops at %s', async (_, limitBytes, more, expected) => {
    expect(await readChunks(root, '/a/file', limitBytes, () => more)).toEqual(ok(expected));
  });
});

describe('asGathered', () => {
  it.each([
    ['ENOENT', 'not-run', 'ENOENT'],
    ['ENOTDIR', 'not-run', 'ENOENT'],
    ['EACCES', 'failed', 'EACCES'],
    ['EPERM', 'failed', 'EACCES'],
    ['ESRCH', 'failed', 'ESRCH'],
    ['EIO', 'failed', 'OTHER'],
  ])('%s is %s', (code, state, word) => {
    expect(asGathered(Object.assign(new Error('x'), { code }), '/f')).toMatchObject({ state, reason: { code: word } });
  });

  it('lets a bug through', () => {
    expect(() => asGathered(new TypeError('bug'), '/f')).toThrow('bug');
  });
});

describe('firstOf', () => {
  const none = notRun('ENOENT', 'none');
  const denied = failed('EACCES', 'no right');
  it.each([
    ['what is there', [none, denied, ok('x')], ok('x')],
    ['a failure before an absence', [none, denied], denied],
    ['a failure after an absence', [denied, none], denied],
    ['an absence', [none], none],
  ])('gives %s', async (_, results, expected) => {
    const roots = results.map((__, index) => String(index));
    expect(await firstOf(roots, (at) => Promise.resolve(results[Number(at)] ?? none))).toEqual(expected);
  });
});
