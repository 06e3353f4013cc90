import { afterEach, describe, expect, it } from 'vitest';
import { failed, ok } from '../../../src/core/model/evidence.ts';
import { installedUnits } from '../../../src/gather/settings/unit-files.ts';
import { readUnitVariables, type UnitQuery } from '../../../src/gather/settings/unit.ts';
import { makeTree, type Files, type Tree } from '../../support/system/pms-tree.ts';

const NAME = 'plexmediaserver.service';
const LIB = `/usr/lib/systemd/system/${NAME}`;
const ETC = `/etc/systemd/system/${NAME}`;
const service = (text: string): string => `[Service]\n${text}\n`;
const environment = (text: string): string => service(`Environment=${text}`);

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});

async function read(files: Files, query: Partial<UnitQuery> = {}) {
  const tree = await makeTree([], files);
  trees.push(tree);
  const { found } = await readUnitVariables({
    root: tree.fsRoot,
    name: NAME,
    user: false,
    managerEnvironment: () => Promise.resolve(ok([{ name: 'http_proxy', value: 'm', from: '/proc/1/environ' }])),
    ...query,
  });
  return found;
}

const rows: readonly (readonly [string, Files, readonly string[] | string])[] = [
  ['the fragment', { [LIB]: environment('A=1') }, [`A=1 ${LIB}:2`]],
  ['/etc before /usr/lib', { [LIB]: environment('A=1'), [ETC]: environment('A=2') }, [`A=2 ${ETC}:2`]],
  [
    '/usr/local before /usr/lib',
    { [LIB]: environment('A=1'), [`/usr/local/lib/systemd/system/${NAME}`]: environment('A=2') },
    [`A=2 /usr/local/lib/systemd/system/${NAME}:2`],
  ],
  [
    'a drop-in over the fragment',
    { [LIB]: environment('A=1 B=1'), [`${ETC}.d/x.conf`]: environment('A=2') },
    [`A=2 ${ETC}.d/x.conf:2`, `B=1 ${LIB}:2`],
  ],
  [
    'drop-ins by name, not by directory',
    {
      [LIB]: service(''),
      [`${ETC}.d/10.conf`]: environment('A=10'),
      [`/run/systemd/system/${NAME}.d/20.conf`]: environment('A=20'),
    },
    [`A=20 /run/systemd/system/${NAME}.d/20.conf:2`],
  ],
  [
    'a drop-in hidden by one of its name',
    { [LIB]: service(''), [`${ETC}.d/x.conf`]: environment('A=1'), [`${LIB}.d/x.conf`]: environment('B=2') },
    [`A=1 ${ETC}.d/x.conf:2`],
  ],
  [
    'a drop-in hidden by a link to nowhere',
    { [LIB]: service(''), [`${ETC}.d/x.conf`]: { link: '/dev/null' }, [`${LIB}.d/x.conf`]: environment('B=2') },
    [],
  ],
  ['an empty unit masks what is further down', { [LIB]: environment('A=1'), [ETC]: '' }, 'MASKED'],
  ['a hidden drop-in', { [LIB]: service(''), [`${ETC}.d/.x.conf`]: environment('A=1') }, []],
  [
    'an alias, and the drop-ins of both names',
    {
      [LIB]: environment('A=1'),
      '/etc/systemd/system/plex.service': { link: LIB },
      '/etc/systemd/system/plex.service.d/x.conf': environment('B=2'),
    },
    [`A=1 ${LIB}:2`, 'B=2 /etc/systemd/system/plex.service.d/x.conf:2'],
  ],
  [
    'the name of the unit in the path of a file',
    { [LIB]: service('EnvironmentFile=/etc/default/%N'), '/etc/default/plexmediaserver': 'A=1' },
    ['A=1 /etc/default/plexmediaserver:1'],
  ],
  [
    'a wildcard in a folder',
    { [LIB]: service('EnvironmentFile=/etc/*/plex'), '/etc/a/plex': 'A=1', '/etc/b/plex': 'A=2' },
    ['A=2 /etc/b/plex:1'],
  ],
  [
    'a percent sign that is no specifier drops the assignment',
    { [LIB]: environment('"A=p%23" B=2') },
    [`B=2 ${LIB}:2`],
  ],
  ['a unit that systemd cannot read', { [LIB]: '[Service\nEnvironment=A=1' }, 'MALFORMED'],
  ['what is no .conf is no drop-in', { [LIB]: service(''), [`${ETC}.d/x.conf.bak`]: environment('A=1') }, []],
  [
    'drop-ins for all services',
    { [LIB]: service(''), '/etc/systemd/system/service.d/x.conf': environment('A=1') },
    ['A=1 /etc/systemd/system/service.d/x.conf:2'],
  ],
  ['a drop-in without a fragment', { [`${ETC}.d/x.conf`]: environment('A=1') }, 'NO_UNIT'],
  [
    'a fragment that is a link to nowhere',
    { [LIB]: environment('A=1'), [ETC]: { link: '/nowhere' }, [`${ETC}.d/x.conf`]: environment('B=1') },
    'NO_UNIT',
  ],
  [
    'the manager’s own environment, passed on',
    {
      [LIB]: service('PassEnvironment=http_proxy https_proxy'),
      '/etc/systemd/system.conf': '[Manager]\nManagerEnvironment=http_proxy=own',
    },
    [`http_proxy=own ${LIB}:2 (PassEnvironment, /etc/systemd/system.conf:2)`],
  ],
  [
    'a file with a broken byte counts for nothing',
    { [LIB]: service('EnvironmentFile=-/a\nEnvironment=A=1'), '/a': 'A=2\nB=\ufffd' },
    [`A=1 ${LIB}:3`],
  ],
  [
    'a file with a broken byte keeps the unit from starting',
    { [LIB]: service('EnvironmentFile=/a'), '/a': 'A=2\nB=\ufffd' },
    'MALFORMED',
  ],
  [
    'blanks that are none to systemd',
    { [LIB]: service('EnvironmentFile=/a'), '/a': 'A=\u00a0\nB=x\u00a0' },
    ['A=\u00a0 /a:1', 'B=x\u00a0 /a:2'],
  ],
  [
    'a reset',
    { [LIB]: environment('A=1'), [`${ETC}.d/x.conf`]: service('Environment=\nEnvironment=B=2') },
    [`B=2 ${ETC}.d/x.conf:3`],
  ],
  [
    'a file over Environment',
    { [LIB]: service('EnvironmentFile=/etc/default/plex\nEnvironment=A=1'), '/etc/default/plex': '# x\nA=2\n' },
    ['A=2 /etc/default/plex:2'],
  ],
  [
    'a later file over an earlier one',
    { [LIB]: service('EnvironmentFile=/a\nEnvironmentFile=/b'), '/a': 'A=1', '/b': 'A=2' },
    ['A=2 /b:1'],
  ],
  [
    'files by wildcard',
    {
      [LIB]: service('EnvironmentFile=/etc/plex.d/*.env'),
      '/etc/plex.d/b.env': 'A=2',
      '/etc/plex.d/a.env': 'A=1\nB=1',
      '/etc/plex.d/c.txt': 'A=3',
      '/etc/plex.d/.x.env': 'A=4',
    },
    ['A=2 /etc/plex.d/b.env:1', 'B=1 /etc/plex.d/a.env:2'],
  ],
  [
    'a missing optional file',
    { [LIB]: service('EnvironmentFile=-/etc/default/plex\nEnvironment=A=1') },
    [`A=1 ${LIB}:3`],
  ],
  ['export is not systemd’s', { [LIB]: service('EnvironmentFile=/a'), '/a': 'export A=1\nB=2' }, ['B=2 /a:2']],
  ['UnsetEnvironment', { [LIB]: service('Environment=A=1 B=2 C=3\nUnsetEnvironment=A C=4 B=2') }, [`C=3 ${LIB}:2`]],
  [
    'PassEnvironment',
    { [LIB]: service('PassEnvironment=http_proxy https_proxy') },
    [`http_proxy=m ${LIB}:2 (PassEnvironment, /proc/1/environ)`],
  ],
  [
    'Environment over PassEnvironment',
    { [LIB]: service('PassEnvironment=http_proxy\nEnvironment=http_proxy=u') },
    [`http_proxy=u ${LIB}:3`],
  ],
  [
    'the manager’s defaults',
    { [LIB]: environment('A=1'), '/etc/systemd/system.conf': '[Manager]\nDefaultEnvironment=A=0 B=0\n' },
    [`A=1 ${LIB}:2`, 'B=0 /etc/systemd/system.conf:2'],
  ],
  [
    'drop-ins of the manager’s defaults',
    {
      [LIB]: service(''),
      '/etc/systemd/system.conf': '[Manager]\nDefaultEnvironment=A=0\n',
      '/etc/systemd/system.conf.d/p.conf': '[Manager]\nDefaultEnvironment=A=1\n',
    },
    ['A=1 /etc/systemd/system.conf.d/p.conf:2'],
  ],
  [
    'a specifier, left as it is',
    { [LIB]: environment('A=http://%H:1') },
    [`A=http://%H:1 ${LIB}:2 (%H is not filled in)`],
  ],
];

describe('readUnitVariables', () => {
  it.each(rows)('%s', async (_, files, expected) => {
    const found = await read(files);
    expect(
      found.state === 'ok' ? found.value.map(({ name, value, from }) => `${name}=${value} ${from}`) : found.reason.code,
    ).toEqual(expected);
  });

  it('reads templates and prefixes', async () => {
    const files = {
      '/etc/systemd/system/plex@.service': environment('A=1'),
      '/etc/systemd/system/plex@home.service.d/x.conf': environment('B=2'),
    };
    expect(await read(files, { name: 'plex@home.service' })).toMatchObject({ value: [{ name: 'A' }, { name: 'B' }] });
    const prefixed = {
      '/etc/systemd/system/my-plex.service': service(''),
      '/etc/systemd/system/my-.service.d/x.conf': environment('C=3'),
    };
    expect(await read(prefixed, { name: 'my-plex.service' })).toMatchObject({ value: [{ name: 'C' }] });
  });

  it('follows a link between templates for an instance', async () => {
    const files = {
      '/usr/lib/systemd/system/plex@.service': environment('A=%i'),
      '/etc/systemd/system/media@.service': { link: '/usr/lib/systemd/system/plex@.service' },
      '/etc/systemd/system/plex@home.service.d/x.conf': environment('B=2'),
      '/etc/systemd/system/media@home.service.d/y.conf': environment('C=3'),
    };
    for (const name of ['media@home.service', 'plex@home.service']) {
      expect(await read(files, { name })).toMatchObject({ value: [{ value: 'home' }, { name: 'B' }, { name: 'C' }] });
    }
  });

  it('reads a user’s units', async () => {
    const files = {
      '/home/alice/.config/systemd/user/plex.service': environment('A=1'),
      '/etc/systemd/user/other.service': service(''),
    };
    const found = await read(files, { name: 'plex.service', user: { home: '/home/alice' } });
    expect(found).toMatchObject({ state: 'ok', value: [{ name: 'A' }] });
    expect(await read(files, { name: 'plex.service', user: { home: null } })).toMatchObject({
      reason: { code: 'NO_UNIT' },
    });
  });

  it.each([
    ['there is no unit', {}, 'NO_UNIT'],
    ['an environment file is not a file', { [LIB]: service('EnvironmentFile=/a'), '/a/x': '' }, 'EISDIR'],
    [
      'the name of an environment file holds a specifier',
      { [LIB]: service('EnvironmentFile=-/etc/%H.env') },
      'UNRESOLVED',
    ],
  ])('is unknown when %s', async (_, files, code) => {
    expect(await read(files)).toMatchObject({ reason: { code } });
  });

  it('is unknown when it depends on a manager that may not be read', async () => {
    const denied = () => Promise.resolve(failed('EACCES', 'no right'));
    const passing = { [LIB]: service('PassEnvironment=http_proxy') };
    expect(await read(passing, { managerEnvironment: denied })).toMatchObject({
      state: 'failed',
      reason: { code: 'EACCES' },
    });
    const harmless = { [LIB]: service('PassEnvironment=LANG\nEnvironment=A=1') };
    expect(await read(harmless, { managerEnvironment: denied })).toMatchObject({ state: 'ok' });
  });

  it('names what systemd ignores, and files that only look like drop-ins', async () => {
    const proxy = environment('https_proxy=http://p');
    const tree = await makeTree([], {
      [LIB]: service('Environment=A=%9\nEnvironmentFile=/etc/default/plex\nEnvironmentFile=-/etc/default/latin1'),
      '/etc/default/plex': 'A=1\nexport http_proxy=http://p\nexport LANG=C\nno_proxy="open',
      '/etc/default/latin1': 'A=1\nhttp_proxy=\ufffd',
      [`${ETC}.d/proxy`]: proxy,
      [`${ETC}.d/proxy.conf.bak`]: proxy,
      [`${ETC}.d/readme`]: 'nothing',
      '/etc/systemd/system/plexmediaserver.d/x.conf': proxy,
      '/etc/systemd/plexmediaserver.service.d/x.conf': proxy,
    });
    trees.push(tree);
    const query = {
      root: tree.fsRoot,
      name: NAME,
      user: false,
      managerEnvironment: () => Promise.resolve(ok([])),
    } as const;
    const { ignored } = await readUnitVariables(query);
    expect(ignored.map(({ path, line, why }) => `${path}:${line} ${why}`)).toEqual([
      `${LIB}:2 specifier`,
      `${ETC}.d/proxy:2 not-conf`,
      '/etc/systemd/system/plexmediaserver.d/x.conf:2 folder',
      '/etc/systemd/plexmediaserver.service.d/x.conf:2 folder',
      '/etc/default/plex:2 file-line',
      '/etc/default/latin1:2 file-not-utf8',
    ]);
  });

  it('lists the units that are installed', async () => {
    const tree = await makeTree([], {
      [LIB]: '',
      [ETC]: '',
      '/etc/systemd/system/b.service': '',
      '/etc/systemd/system/c.timer': '',
    });
    trees.push(tree);
    expect(await installedUnits(tree.fsRoot, () => true)).toEqual(['b.service', NAME]);
  });
});
