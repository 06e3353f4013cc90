import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parseEnvFrom, type EnvFrom } from '../../../src/core/values/env-from.ts';
import { settingsSchema, valueOf } from '../../../src/core/model/evidence.ts';
import { locatePms } from '../../../src/gather/pms/locate.ts';
import { gatherSettings, type SettingsInput } from '../../../src/gather/settings/gather.ts';
import { makeTree, type FakeProcess, type Files, type Tree } from '../../support/system/pms-tree.ts';

const PROGRAM = '/usr/lib/plexmediaserver/Plex Media Server';
const SERVICE = '/system.slice/plexmediaserver.service';
const UNIT = '/lib/systemd/system/plexmediaserver.service';
const DROP_IN = '/etc/systemd/system/plexmediaserver.service.d/proxy.conf';
const DEFAULT = '/etc/default/plexmediaserver';
const ID = '0123456789abcdef'.repeat(4);
const DOCKER = `/system.slice/docker-${ID}.scope`;
const DOCKER_CONFIG = `/var/lib/docker/containers/${ID}/config.v2.json`;
const S6 = '/run/s6/container_environment';
const INSTALLED: Files = { [PROGRAM]: 'program' };
const service = (text: string): string => `[Service]\n${text}\n`;
const docker = (...environment: readonly string[]): string =>
  JSON.stringify({ ID, Name: '/plex', Config: { Env: environment } });

const server = (environ: FakeProcess['environ'], more: Partial<FakeProcess> = {}): FakeProcess => ({
  pid: 812,
  comm: 'Plex Media Server',
  exe: PROGRAM,
  cgroup: SERVICE,
  environ: environ ?? {},
  ...more,
});
/** A process whose environment is there but was overwritten, which stands for every environment that cannot be read. */
const unreadable = (more: Partial<FakeProcess> = {}) => server('\0\0title', more);

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});

type Options = Partial<Pick<SettingsInput, 'proxyOption' | 'noProxyOption' | 'shell'>> & {
  readonly envFrom?: string;
  readonly platform?: NodeJS.Platform;
};

async function gather(processes: readonly FakeProcess[], files: Files = {}, options: Options = {}) {
  const tree = await makeTree(processes, files);
  trees.push(tree);
  return gatherIn(tree, options);
}

async function gatherIn(tree: Tree, { envFrom = 'auto', platform = 'linux', ...rest }: Options) {
  const parsed = parseEnvFrom(envFrom);
  const hint: EnvFrom = parsed.ok ? parsed.value : { kind: 'auto' };
  const run = () => Promise.resolve('812 1 /Applications/Plex Media Server.app/Contents/MacOS/Plex Media Server');
  const { procRoot, fsRoot } = tree;
  const located = await locatePms({ platform, procRoot, fsRoot, hint, run });
  const input = { proxyOption: null, noProxyOption: null, shell: {}, ...rest };
  return gatherSettings({ located, envFrom: hint, procRoot, fsRoot, ...input });
}

type Result = Awaited<ReturnType<typeof gather>>;
const usedOf = ({ settings }: Result) => {
  const value = valueOf(settings);
  return value && [value.used, value.basis];
};
/** `name=value from` of one source, or the code of why there are none. */
const sourceOf = ({ settings }: Result, id: string) => {
  const source = valueOf(settings)?.sources.find((s) => s.id === id);
  if (!source) return null;
  return source.variables.state === 'ok'
    ? source.variables.value.map(({ name, value, from }) => `${name}=${value} ${from}`)
    : source.variables.reason.code;
};

interface Row {
  readonly name: string;
  readonly processes: readonly FakeProcess[];
  readonly files?: Files;
  readonly options?: Options;
  readonly used: readonly [string, string];
}

const PROXY = 'http://proxy.test:3128';
const dropIn = { [UNIT]: service(`ExecStart=${PROGRAM}`), [DROP_IN]: service(`Environment="https_proxy=${PROXY}"`) };

const choices: readonly Row[] = [
  {
    name: 'the running PMS',
    processes: [server({ https_proxy: PROXY })],
    files: dropIn,
    used: ['pid:812', 'observed'],
  },
  {
    name: 'the running PMS, though it has none',
    processes: [server({})],
    files: dropIn,
    used: ['pid:812', 'observed'],
  },
  {
    name: 'the unit when PMS cannot be read',
    processes: [unreadable()],
    files: dropIn,
    used: ['unit:plexmediaserver.service', 'declared'],
  },
  {
    name: 'the unit when PMS does not run',
    processes: [],
    files: { ...INSTALLED, ...dropIn },
    used: ['unit:plexmediaserver.service', 'declared'],
  },
  {
    name: 'the default file when there is no unit',
    processes: [],
    files: { ...INSTALLED, [DEFAULT]: `export https_proxy=${PROXY}\n` },
    used: [`file:${DEFAULT}`, 'declared'],
  },
  {
    name: 'the container when PMS in it cannot be read',
    processes: [unreadable({ cgroup: DOCKER })],
    files: { [DOCKER_CONFIG]: docker(`https_proxy=${PROXY}`), ...dropIn },
    used: ['container:plex', 'declared'],
  },
  {
    name: 's6’s directory when the container’s configuration is not known',
    processes: [unreadable({ cgroup: DOCKER, files: { [`${S6}/https_proxy`]: PROXY } })],
    used: [`file:${S6}`, 'declared'],
  },
  { name: 'this shell when nothing declares any', processes: [unreadable()], used: ['shell', 'assumed'] },
  {
    name: 'this shell without PMS',
    processes: [],
    options: { shell: { http_proxy: PROXY } },
    used: ['shell', 'assumed'],
  },
  {
    name: 'not the container of this command, when PMS is not there',
    processes: [{ pid: 1, ppid: 0, comm: 'init', exe: '/init', environ: { https_proxy: PROXY } }],
    files: { '/.dockerenv': '' },
    used: ['shell', 'assumed'],
  },
  {
    name: '--proxy',
    processes: [server({})],
    options: { proxyOption: PROXY },
    used: ['option', 'asserted'],
  },
  {
    name: '--env-from shell',
    processes: [server({})],
    options: { envFrom: 'shell' },
    used: ['shell', 'asserted'],
  },
  {
    name: '--env-from pid of PMS',
    processes: [server({})],
    options: { envFrom: 'pid:812' },
    used: ['pid:812', 'observed'],
  },
  {
    name: '--env-from pid of another process',
    processes: [server({}), { pid: 50, comm: 'x', exe: '/bin/x', environ: { http_proxy: PROXY } }],
    options: { envFrom: 'pid:50' },
    used: ['pid:50', 'asserted'],
  },
  {
    name: '--env-from unit',
    processes: [server({})],
    files: dropIn,
    options: { envFrom: 'unit:plexmediaserver' },
    used: ['unit:plexmediaserver.service', 'asserted'],
  },
  {
    name: '--env-from another unit',
    processes: [server({})],
    files: { ...dropIn, '/etc/systemd/system/other.service': service(`Environment=http_proxy=${PROXY}`) },
    options: { envFrom: 'unit:other' },
    used: ['unit:other.service', 'asserted'],
  },
  {
    name: '--env-from the container of PMS, by the beginning of its id',
    processes: [server({}, { cgroup: DOCKER })],
    files: { [DOCKER_CONFIG]: docker(`http_proxy=${PROXY}`) },
    options: { envFrom: `container:${ID.slice(0, 12)}` },
    used: ['container:plex', 'asserted'],
  },
  {
    name: '--env-from a container that does not run',
    processes: [],
    files: { [DOCKER_CONFIG]: docker(`http_proxy=${PROXY}`) },
    options: { envFrom: 'container:plex' },
    used: ['container:plex', 'asserted'],
  },
];

describe('which source is judged', () => {
  it.each(choices)('$name', async ({ processes, files, options, used }) => {
    expect(usedOf(await gather(processes, files, options))).toEqual(used);
  });

  it.each([
    ['pid:4000', 'ESRCH'],
    ['unit:nothing', 'NO_UNIT'],
    ['container:nothing', 'ENOENT'],
    ['file:/nonexistent/x', 'ENOENT'],
    ['file:/', 'EISDIR'],
  ])('--env-from %s that cannot be read fails', async (envFrom, code) => {
    const { settings } = await gather([server({})], {}, { envFrom });
    expect(settings).toMatchObject({ state: 'failed', reason: { code } });
  });

  it('says why, and what would settle it', async () => {
    const { settings } = await gather([unreadable()], dropIn);
    expect(valueOf(settings)?.why).toContain('pid 812');
    expect(valueOf(settings)?.why).toContain('unit:plexmediaserver.service declares');
  });

  it('judges only exclusions anew with --no-proxy alone', async () => {
    const running = server({ https_proxy: PROXY, no_proxy: 'a', NO_PROXY: 'b' });
    const result = await gather([running], {}, { noProxyOption: 'c' });
    expect(usedOf(result)).toEqual(['option', 'asserted']);
    expect(sourceOf(result, 'option')).toEqual([`https_proxy=${PROXY} /proc/812/environ`, 'no_proxy=c --no-proxy']);
    expect(sourceOf(result, 'pid:812')).toHaveLength(3);
  });

  it('keeps the exclusions that PMS has with --proxy alone', async () => {
    const result = await gather([server({ https_proxy: 'http://other:1', no_proxy: 'a' })], {}, { proxyOption: PROXY });
    expect(sourceOf(result, 'option')).toEqual([
      `http_proxy=${PROXY} --proxy`,
      `https_proxy=${PROXY} --proxy`,
      expect.stringMatching(/^no_proxy=a .*environ$/),
    ]);
  });

  it('takes no exclusions from a shell with --proxy', async () => {
    const result = await gather([], {}, { proxyOption: PROXY, shell: { no_proxy: 'a' } });
    expect(sourceOf(result, 'option')).toEqual([`http_proxy=${PROXY} --proxy`, `https_proxy=${PROXY} --proxy`]);
  });

  it.each(['darwin', 'freebsd', 'win32'] as const)('%s: options and shell, no exception', async (platform) => {
    const result = await gather([], {}, { platform, shell: { https_proxy: PROXY, Path: 'x' } });
    expect(usedOf(result)).toEqual(['shell', 'assumed']);
    expect(sourceOf(result, 'shell')).toEqual([`https_proxy=${PROXY} the environment of this command`]);
    expect(sourceOf(result, 'pid:812')).toBe(platform === 'win32' ? null : 'NO_PROCFS');
  });
});

describe('what is taken from a source', () => {
  it('proxy variables in every spelling, and nothing else', async () => {
    const environ = {
      http_proxy: 'http://a:1',
      Http_Proxy: 'http://b:1',
      HTTPS_PROXY: 'http://c:1',
      all_proxy: 'socks5://d:1',
      NO_PROXY: 'x',
      REQUEST_METHOD: 'GET',
      NODE_USE_ENV_PROXY: '1',
      JAVA_TOOL_OPTIONS: '-Xmx1g -Dhttp.proxyHost=p -Dhttp.proxyPassword=hunter2',
      PLEX_TOKEN: 'secret',
      node_use_env_proxy: '1',
    };
    const result = await gather([server(environ)]);
    expect(sourceOf(result, 'pid:812')).toEqual(
      [
        'http_proxy=http://a:1',
        'Http_Proxy=http://b:1',
        'HTTPS_PROXY=http://c:1',
        'all_proxy=socks5://d:1',
        'NO_PROXY=x',
        'REQUEST_METHOD=GET',
        'NODE_USE_ENV_PROXY=1',
        'JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=p',
      ].map((text) => `${text} /proc/812/environ`),
    );
  });

  it('masks passwords everywhere but in what opens connections', async () => {
    const secretProxy = 'http://alice:hunter2@proxy.test:3128';
    const shell = { HTTPS_PROXY: 'alice:hunter2@proxy.test:3128' };
    const processes = [
      server({ https_proxy: secretProxy, http_proxy: 'http://alice:hun@ter2/#@proxy.test:3128' }),
      server(
        { https_proxy: secretProxy },
        { pid: 931, ppid: 812, comm: 'Plex Media Scanner', exe: '/x/Plex Media Scanner' },
      ),
    ];
    const files = {
      [UNIT]: service(`Environment="https_proxy=${secretProxy}"`),
      [DEFAULT]: `http_proxy=${secretProxy}\n`,
    };
    const result = await gather(processes, files, { shell, proxyOption: secretProxy });
    const printed = inspect(result, { depth: 12, showHidden: true }) + JSON.stringify([result, [...result.live]]);
    expect(printed).not.toMatch(/hunter2|hun@ter2|alice/);
    expect(printed).toContain('***@proxy.test:3128');
    expect(result.live.get('pid:812')?.reveal()['https_proxy']).toBe(secretProxy);
    expect([...result.live.keys()]).toEqual([
      'option',
      'pid:812',
      'pid:931',
      'unit:plexmediaserver.service',
      `file:${DEFAULT}`,
      'shell',
    ]);
  });

  it('names children and what they have', async () => {
    const scanner = {
      pid: 931,
      ppid: 812,
      comm: 'Plex Media Scanner',
      exe: '/x/Plex Media Scanner',
      environ: { A: '1' },
    };
    const { settings } = await gather([server({ https_proxy: PROXY }), scanner]);
    expect(valueOf(settings)?.sources[1]).toMatchObject({
      id: 'pid:931',
      kind: 'child',
      process: 'Plex Media Scanner',
      variables: { state: 'ok', value: [] },
    });
  });

  it.each([
    ['an overwritten environment', [unreadable()], {}, 'pid:812', 'OVERWRITTEN'],
    ['no unit', [server({}, { cgroup: '/' })], {}, 'unit:plexmediaserver.service', 'NO_UNIT'],
    ['no default file', [server({})], {}, `file:${DEFAULT}`, 'ENOENT'],
    [
      'no unit in a container',
      [server({}, { cgroup: DOCKER, files: { [UNIT]: service('') } })],
      {},
      'unit:plexmediaserver.service',
      null,
    ],
    ['an unknown container', [server({}, { cgroup: DOCKER })], {}, `container:${ID.slice(0, 12)}`, 'ENOENT'],
  ])('%s is said', async (_, processes, files, id, expected) => {
    expect(sourceOf(await gather(processes, files), id)).toBe(expected);
  });

  it('reads the unit of a service with a mount namespace of its own from outside of it', async () => {
    const boxed = server(
      {},
      { mountNamespace: 'mnt:[7]', files: { [UNIT]: service('Environment=https_proxy=http://wrong:1') } },
    );
    const result = await gather([boxed], dropIn);
    expect(sourceOf(result, 'unit:plexmediaserver.service')).toEqual([`https_proxy=${PROXY} ${DROP_IN}:2`]);
  });

  it('reads the unit of a user’s own service manager', async () => {
    const cgroup = '/user.slice/user-1000.slice/user@1000.service/app.slice/plexmediaserver.service';
    const path = '/home/alice/.config/systemd/user/plexmediaserver.service';
    const files = { ...dropIn, [path]: service(`Environment=http_proxy=${PROXY}`) };
    const result = await gather([server({ HOME: '/home/alice' }, { cgroup })], files);
    expect(sourceOf(result, 'unit:plexmediaserver.service')).toEqual([`http_proxy=${PROXY} ${path}:2`]);
  });

  it('prefers the usual unit among several', async () => {
    const files = { ...INSTALLED, ...dropIn, '/etc/systemd/system/plex.service': service('') };
    expect(usedOf(await gather([], files))).toEqual(['unit:plexmediaserver.service', 'declared']);
  });

  it('keeps to the schema of the evidence', async () => {
    const { settings } = await gather([server({ https_proxy: PROXY })], dropIn);
    expect(settingsSchema.parse(valueOf(settings))).toEqual(valueOf(settings));
  });

  it('takes the first process’s environment for what a container was given, seen from inside', async () => {
    const init = { pid: 1, ppid: 0, comm: 's6-svscan', exe: '/init', environ: { https_proxy: PROXY } };
    const files = {
      '/.dockerenv': '',
      '/etc/hostname': 'plexbox\n',
      [`${S6}/NO_PROXY`]: 'localhost\n',
      [`${S6}/OTHER`]: 'x',
    };
    const result = await gather([init, server({}, { cgroup: '/' })], files);
    expect(sourceOf(result, 'container:plexbox')).toEqual([`https_proxy=${PROXY} /proc/1/environ`]);
    expect(sourceOf(result, `file:${S6}`)).toEqual([`NO_PROXY=localhost ${S6}/NO_PROXY`]);
  });
});

describe('--env-from file', () => {
  const fromFile = async (content: string, named = '') => {
    const tree = await makeTree([], { '/proxy.env': `NO_PROXY=localhost\nhttps_proxy=http://old:1\n` });
    trees.push(tree);
    const path = join(tree.fsRoot, 'env');
    await writeFile(path, content);
    const result = await gatherIn(tree, { envFrom: `file:${path}${named}` });
    return { result, path };
  };

  const compose = `services:
  db:
    image: x
  plex:
    env_file: proxy.env
    environment:
      - https_proxy=${PROXY}
  plex-two:
    environment: {}
`;
  it.each([
    ['#plex', ['NO_PROXY=localhost', `https_proxy=${PROXY}`]],
    ['#db', []],
  ])('reads the service %j of a compose file, with its files', async (name, expected) => {
    const { result, path } = await fromFile(compose, name);
    expect(sourceOf(result, `file:${path}${name}`)).toEqual(
      expected.map((text) => expect.stringMatching(new RegExp(`^${text} `))),
    );
  });

  it.each(['', '#other'])('names the services when it is not clear which one is meant: %j', async (name) => {
    const { result } = await fromFile(compose, name);
    expect(result.settings).toMatchObject({ state: 'failed', reason: { code: 'MALFORMED' } });
    expect(JSON.stringify(result.settings)).toContain('the services db, plex, plex-two');
  });

  it.each([
    [
      'a manifest',
      `kind: Pod\nspec:\n  containers:\n    - name: a\n      env: [{name: https_proxy, value: "${PROXY}"}]\n`,
    ],
    [
      'a job of launchd',
      `<plist><dict><key>EnvironmentVariables</key><dict><key>https_proxy</key><string>${PROXY}</string></dict></dict></plist>`,
    ],
    ['rc.conf', `plexmediaserver_enable=YES\nplexmediaserver_env="https_proxy=${PROXY}"\n`],
    ['conf.d of OpenRC', `# proxy\nexport https_proxy="${PROXY}"\n`],
  ])('reads %s', async (_, content) => {
    const { result, path } = await fromFile(content);
    expect(sourceOf(result, `file:${path}`)).toEqual([expect.stringContaining(`https_proxy=${PROXY} ${path}:`)]);
  });

  it.each([
    ['lines', `export https_proxy=${PROXY}\nOTHER=1\n`, 1],
    ['a drop-in', service(`Environment=A=1 \\\n  "https_proxy=${PROXY}"`), 3],
    ['pasted lines', `Environment="https_proxy=${PROXY}"\n`, 1],
    ['a dump', `A=1\0https_proxy=${PROXY}\0`, null],
  ])('reads %s', async (_, content, line) => {
    const { result, path } = await fromFile(content);
    expect(usedOf(result)).toEqual([`file:${path}`, 'asserted']);
    expect(sourceOf(result, `file:${path}`)).toEqual([
      `https_proxy=${PROXY} ${path}${line === null ? '' : `:${line}`}`,
    ]);
  });

  it.each([
    ['http_proxy=http://alice:hunter2@p\nrubbish hunter2\n', '2:1'],
    [service('hunter2'), '2:1'],
  ])('names the place in %j', async (content, place) => {
    const { result, path } = await fromFile(content);
    expect(result.settings).toMatchObject({ state: 'failed', reason: { code: 'MALFORMED' } });
    const message = result.settings.state === 'failed' ? result.settings.reason.message : '';
    expect(message).toContain(`${path}:${place}: `);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['a specifier', 'Environment="https_proxy=http://a:p%23@p.test:1"', 'specifier'],
    ['an open quote', 'Environment=A=1 "https_proxy=http://p.test:1', 'syntax'],
    ['no variable', 'Environment=https_proxy', 'assignment'],
  ])('reads on behind what systemd ignores: %s', async (_, line, why) => {
    const { result, path } = await fromFile(service(`${line}\nEnvironment=no_proxy=localhost`));
    expect(sourceOf(result, `file:${path}`)).toEqual([`no_proxy=localhost ${path}:3`]);
    expect(result.settings).toMatchObject({
      state: 'ok',
      value: { sources: expect.arrayContaining([expect.objectContaining({ ignored: [{ from: `${path}:2`, why }] })]) },
    });
  });
});
