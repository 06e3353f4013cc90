import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitEnvironment } from '../../src/parse/systemd-environment.ts';

const unit = (...texts: readonly string[]) =>
  unitEnvironment(texts.map((text, index) => ({ path: `/u${index}.conf`, text: `[Service]\n${text}` })));
const values = (...texts: readonly string[]) =>
  unit(...texts).assignments.map(({ path, line, value }) => `${value.name}=${value.value} ${path}:${line}`);

describe('unitEnvironment', () => {
  it.each([
    ['a plain assignment', ['Environment=A=1'], ['A=1 /u0.conf:2']],
    [
      'an assignment in quotes',
      ['Environment="no_proxy=localhost,127.0.0.1"'],
      ['no_proxy=localhost,127.0.0.1 /u0.conf:2'],
    ],
    ['several on a line', [`Environment=A=1 "B=2 3" 'C=4'`], ['A=1 /u0.conf:2', 'B=2 3 /u0.conf:2', 'C=4 /u0.conf:2']],
    ['several on continued lines', ['Environment=A=1 \\\n  B=2'], ['A=1 /u0.conf:2', 'B=2 /u0.conf:3']],
    ['the last of a name', ['Environment=A=1\nEnvironment=A=2'], ['A=2 /u0.conf:3']],
    ['a drop-in wins over the fragment', ['Environment=A=1', 'Environment=A=2'], ['A=2 /u1.conf:2']],
    ['an empty assignment resets', ['Environment=A=1 B=2', 'Environment=\nEnvironment=C=3'], ['C=3 /u1.conf:3']],
    ['what is not an assignment is skipped', ['Environment=A=1 junk 1B=2 C=3'], ['A=1 /u0.conf:2', 'C=3 /u0.conf:2']],
    ['what follows an open quote is skipped', ['Environment=A=1 "B=2'], ['A=1 /u0.conf:2']],
    ['DefaultEnvironment is not for services', ['DefaultEnvironment=A=1'], []],
    ['another section', ['A=1\n[Unit]\nEnvironment=A=1'], []],
    ['%% is a percent sign', ['Environment=A=50%%'], ['A=50% /u0.conf:2']],
  ])('%s', (_, texts, expected) => {
    expect(values(...texts)).toEqual(expected);
  });

  it.each([
    ['http://%H:3128', '%H'],
    ['http://u:p%40w@proxy:3128', null],
    ['http://proxy:3128', null],
    ['%%H', null],
    ['http://u:%C3%A4@proxy:3128', '%C'],
  ])('says what systemd would fill in: %s', (value, unresolved) => {
    expect(unit(`Environment=http_proxy=${value}`).assignments[0]?.value.unresolved).toBe(unresolved);
  });

  it('collects the other directives and resets each by itself', () => {
    const result = unit(
      'EnvironmentFile=-/etc/a\nEnvironmentFile=/etc/b c\nPassEnvironment=http_proxy "https_proxy"\nUnsetEnvironment=A B=2',
    );
    expect(result.files.map(({ value }) => value)).toEqual([
      { file: '/etc/a', optional: true },
      { file: '/etc/b c', optional: false },
    ]);
    expect(result.passed.map(({ value }) => value)).toEqual(['http_proxy', 'https_proxy']);
    expect(result.unset).toEqual(['A', 'B=2']);
    const reset = unit(
      'EnvironmentFile=/etc/a\nPassEnvironment=x\nUnsetEnvironment=y',
      'EnvironmentFile=\nPassEnvironment=\nUnsetEnvironment=',
    );
    expect([reset.files, reset.passed, reset.unset]).toEqual([[], [], []]);
  });

  it('reads the defaults of the manager from its own section', () => {
    const text = '[Manager]\nDefaultEnvironment="http_proxy=http://proxy.test:3128" B=2\nEnvironment=C=3';
    const { assignments } = unitEnvironment([{ path: '/etc/systemd/system.conf', text }], 'Manager');
    expect(assignments.map(({ value }) => value.name)).toEqual(['http_proxy', 'B']);
  });

  it('places problems', () => {
    expect(unit('Environment=A=1 junk\nrubbish').problems).toMatchObject([
      { path: '/u0.conf', line: 3, column: 1 },
      { path: '/u0.conf', line: 2, column: 17 },
    ]);
  });

  it('gives back any quoted assignment', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/);
    const value = fc.string().filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(name, value, (n, v) => {
        const quoted = v.replace(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%');
        const [assignment] = unit(`Environment="${n}=${quoted}"`).assignments;
        expect(assignment?.value).toMatchObject({ name: n, value: v, unresolved: null });
      }),
    );
  });

  const SYSTEMD = '/lib/systemd/systemd';
  const missing = existsSync(SYSTEMD) ? '' : ' (skipped: systemd is not installed)';
  it.skipIf(missing !== '')(`finds what systemd finds${missing}`, async () => {
    const piece = fc.constantFrom(
      ' A=',
      ' "B=',
      "'C=",
      'x',
      ' ',
      '"',
      "'",
      '\\',
      '\\x41',
      '\\s',
      '\\101',
      '%%',
      '\nEnvironment=',
      '\\\n',
      '\n# c\n',
      '=',
      ';',
      '#',
    );
    const texts = fc.sample(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      400,
    );
    const theirs = await readBySystemd(texts.map((text) => `[Service]\nExecStart=/bin/true\nEnvironment=A=0${text}\n`));
    const ours = texts.map((text) =>
      unit(`Environment=A=0${text}`).assignments.map(({ value: a }) => `${a.name}=${a.value}`.trimEnd()),
    );
    expect(ours.map((list) => list.toSorted())).toEqual(theirs.map((list) => list.toSorted()));
  });
});

/** `systemd --user --test` loads units, prints what it has understood of them, and starts nothing. It refuses to run as root. */
async function readBySystemd(units: readonly string[]): Promise<readonly (readonly string[])[]> {
  const home = await mkdtemp(join(tmpdir(), 'systemd-units-'));
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  try {
    await chmod(home, 0o755);
    await mkdir(join(home, 'run'));
    if (nobody.uid !== undefined) await chown(join(home, 'run'), nobody.uid, nobody.gid);
    await Promise.all(units.map((text, index) => writeFile(join(home, `u${index}.service`), text)));
    await writeFile(
      join(home, 'all.target'),
      `[Unit]\nWants=${units.map((_, index) => `u${index}.service`).join(' ')}\n`,
    );
    const run = join(home, 'run');
    const { stdout } = spawnSync('/lib/systemd/systemd', ['--user', '--test', '--unit=all.target'], {
      env: {
        HOME: run,
        XDG_CONFIG_HOME: run,
        XDG_RUNTIME_DIR: run,
        SYSTEMD_UNIT_PATH: `${home}:`,
        SYSTEMD_LOG_LEVEL: 'err',
      },
      ...nobody,
      encoding: 'utf8',
      timeout: 15_000,
      maxBuffer: 1e9,
    });
    const blocks = new Map(
      stdout.split(/^(?=\t*-> Unit )/m).map((block) => [/-> Unit (\S+):/.exec(block)?.[1], block]),
    );
    return units.map((_, index) =>
      [...(blocks.get(`u${index}.service`) ?? 'Environment: not printed').matchAll(/^\t*Environment: (.*)$/gm)].map(
        (match) => (match[1] ?? '').trimEnd(),
      ),
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
