import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import squid from '../../../src/allow/targets/squid.ts';
import plain from '../../../src/allow/targets/plain.ts';
import { entryCovers, readExisting } from '../../../src/allow/learn/existing.ts';
import { anyList, textOf } from '../../support/allow/lists.ts';
import { anyCharacter, runs } from '../../support/fuzz.ts';

const entriesOf = (text: string): readonly string[] =>
  readExisting(text).entries.map(({ host, scope }) => `${scope} ${host}`);

describe('a present list', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'names one a line',
      'plex.tv\n\n# no\n*.plex.direct\n.plexapp.com\n',
      ['exact plex.tv', 'below plex.direct', 'domain plexapp.com'],
    ],
    ['a comment behind a name', 'plex.tv  sign-in\n', ['exact plex.tv']],
    ['patterns of tinyproxy', '^plex\\.tv$\n^.+\\.plex\\.direct$\n', ['exact plex.tv', 'below plex.direct']],
    [
      'ACLs of Squid',
      'acl a dstdomain .plex.tv plex.direct\nacl b src 10.0.0.1\n',
      ['domain plex.tv', 'exact plex.direct'],
    ],
    [
      'only ACLs that are allowed',
      'acl good dstdomain a.example\nacl bad dstdomain b.example\nhttp_access deny bad\nhttp_access allow good\n',
      ['exact a.example'],
    ],
    ['options of an ACL', 'acl a dstdomain -n a.example\n', ['exact a.example']],
    ['names of TLS', 'acl a ssl::server_name .a.example\n', ['domain a.example']],
    ['Windows line ends and upper case', 'PLEX.tv.\r\n', ['exact plex.tv']],
  ])('%s', (_, text, entries) => {
    expect(entriesOf(text)).toEqual(entries);
  });

  it('names the lines that are no names', () => {
    expect(readExisting('plex.tv\n^plex.*$\nacl\n"/etc/squid/list"\n').unread).toEqual([2, 4]);
  });

  it('of any text throws nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyCharacter, fc.constantFrom('acl ', '\n', 'dstdomain ', '.a', '^', '\\.'))),
        (all) => {
          expect(readExisting(all.join('')).entries).toBeInstanceOf(Array);
        },
      ),
      runs(50),
    );
  });
});

describe('what this tool wrote is read back', () => {
  it.each([squid, plain])('$id', (target) => {
    fc.assert(
      fc.property(anyList, (list) => {
        const { entries } = readExisting(textOf(target, list));
        const held = target.draw(list, { sni: false }).notIn.map(({ host }) => host);
        const names = list.names.filter(({ host, kind }) => kind !== 'address' && !held.includes(host));
        expect(names.filter(({ host }) => !entries.some((entry) => entryCovers(entry, host)))).toEqual([]);
      }),
      runs(20),
    );
  });
});

describe('an entry lets through', () => {
  it.each<[string, string, boolean]>([
    ['plex.tv', 'plex.tv', true],
    ['plex.tv', 'a.plex.tv', false],
    ['.plex.tv', 'plex.tv', true],
    ['.plex.tv', 'a.b.plex.tv', true],
    ['.plex.tv', 'xplex.tv', false],
    ['*.plex.tv', 'plex.tv', false],
    ['*.plex.tv', '*.plex.tv', true],
    ['.plex.tv', '*.plex.tv', true],
    ['plex.tv', '*.plex.tv', false],
    ['.tv', '*.plex.tv', true],
  ])('%s: %s: %s', (entry, name, expected) => {
    expect(readExisting(`${entry}\n`).entries.some((each) => entryCovers(each, name))).toBe(expected);
  });
});
