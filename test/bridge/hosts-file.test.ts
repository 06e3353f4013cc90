import { assert, property, string, stringMatching, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesFor, filesService, lineNaming, withBridge } from '../../src/bridge/hosts-file.ts';

describe('lineNaming', () => {
  it.each<[string, string, ReturnType<typeof lineNaming>]>([
    ['no line', '127.0.0.1 localhost\n', null],
    ['a line', '127.0.0.1 localhost\n10.0.0.9 plex.tv\n', { line: 2, address: '10.0.0.9' }],
    ['an alias', '10.0.0.9\tother\tPLEX.TV # old', { line: 1, address: '10.0.0.9' }],
    ['the dot of the root', '::1 plex.tv.', { line: 1, address: '::1' }],
    ['a comment', '# 10.0.0.9 plex.tv\n10.0.0.9 x # plex.tv', null],
    ['a longer name', '10.0.0.9 v4.plex.tv', null],
    ['an address alone', '10.0.0.9', null],
  ])('%s', (_name, text, expected) => {
    expect(lineNaming(text, 'plex.tv')).toEqual(expected);
  });

  it('finds every name that a bridge was made for, and the file is kept behind its lines', () => {
    const name = stringMatching(/^[a-z]{1,8}\.[a-z]{2,5}$/);
    assert(
      property(uniqueArray(name, { minLength: 1, maxLength: 5 }), string(), (names, original) => {
        const bridged = addressesFor(names);
        const text = withBridge(original, bridged);
        expect(text.endsWith(original)).toBe(true);
        expect(bridged.map(({ host }) => lineNaming(text, host)?.address)).toEqual(
          bridged.map(({ address }) => address),
        );
      }),
    );
  });
});

describe('filesService', () => {
  it.each<[string, string | null, ReturnType<typeof filesService>]>([
    ['no file', null, 'first'],
    ['no line', 'passwd: files\n', 'first'],
    ['files and DNS', 'hosts: files dns', 'first'],
    ['names of this network before it', 'hosts:\tmymachines mdns4_minimal [NOTFOUND=return] files dns', 'first'],
    ['resolved before it', 'hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns', 'later'],
    ['no files', 'hosts: dns # files', 'absent'],
    ['a later line counts', 'hosts: dns\nhosts: files', 'first'],
  ])('%s', (_name, text, expected) => {
    expect(filesService(text)).toBe(expected);
  });
});
