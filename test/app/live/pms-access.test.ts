import { describe, expect, it } from 'vitest';
import { notRun, ok, type Pms } from '../../../src/core/model/evidence.ts';
import { Token } from '../../../src/core/values/secret.ts';
import { findAccess } from '../../../src/app/live/pms-access.ts';
import { parseBase } from '../../../src/gather/pms/api/base.ts';
import type { LocatedPms } from '../../../src/gather/pms/locate.ts';

const RUNNING: Pms = {
  found: true,
  foundBy: 'exe',
  version: null,
  pid: 99_999_999,
  unit: null,
  container: null,
  exe: null,
  otherNetwork: false,
  processes: [],
  libcurl: notRun('OTHER', ''),
  caBundle: notRun('OTHER', ''),
};

function access(pms: Partial<Pms>, address: string | null, environment: NodeJS.ProcessEnv = {}) {
  const located: LocatedPms = {
    pms: ok({ ...RUNNING, ...pms }),
    processes: [],
    caBundlePem: null,
    platform: 'linux',
    roots: ['/nonexistent'],
    userUnit: false,
    container: notRun('OTHER', ''),
    notes: [],
  };
  const base = address === null ? null : parseBase(address);
  if (base?.ok === false) throw new Error(base.problem);
  return findAccess({ pms: base?.base ?? null, token: null }, located, { environment, note: () => undefined });
}

describe('where PMS is asked', () => {
  it('on this machine, when it runs here', async () => {
    expect(await access({}, null)).toMatchObject({
      state: 'ok',
      value: { base: { origin: 'http://127.0.0.1:32400' } },
    });
  });

  it.each<[string, Partial<Pms>, RegExp]>([
    ['it does not run', { pid: null }, /none was running here/],
    ['it is not there', { found: false, pid: null }, /none was running here/],
    ['it runs in another network', { otherNetwork: true }, /another network than this tool; --pms/],
  ])('nowhere, when %s', async (_, pms, words) => {
    expect(await access(pms, null)).toMatchObject({
      state: 'not-run',
      reason: { code: 'PMS_NOT_ASKED', message: expect.stringMatching(words) },
    });
  });

  it.each<[string, Partial<Pms>, string, string]>([
    ['where the user says', { pid: null }, 'http://127.0.0.1:32500', 'NO_DATA_DIRECTORY'],
    ['in its container, at a private address', { otherNetwork: true }, 'http://172.17.0.2:32400', 'NO_DATA_DIRECTORY'],
    ['on another machine, without the tokens of this one', {}, 'http://172.17.0.2:32400', 'TOKEN_NOT_LOOKED_FOR'],
    [
      'at a public address, without them',
      { otherNetwork: true },
      'https://93.184.216.34:32400',
      'TOKEN_NOT_LOOKED_FOR',
    ],
    ['at a name, without them', {}, 'https://plex.example:32400', 'TOKEN_NOT_LOOKED_FOR'],
  ])('%s', async (_, pms, address, reason) => {
    expect(await access(pms, address)).toMatchObject({
      state: 'ok',
      value: { base: { origin: address }, found: { token: null, reason: { code: reason } } },
    });
  });

  it('with the token of our own environment, wherever', async () => {
    const found = await access({}, 'https://plex.example:32400', { PLEX_TOKEN: 'OwnTokenCanary00001' });
    expect(found).toMatchObject({ value: { found: { from: 'environment', token: expect.any(Token) } } });
  });
});
