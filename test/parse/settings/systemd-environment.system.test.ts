import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitEnvironment } from '../../../src/parse/settings/systemd-environment.ts';

const unit = (...texts: readonly string[]) =>
  unitEnvironment(texts.map((text, index) => ({ path: `/u${index}.conf`, text: `[Service]\n${text}` })));

const SYSTEMD = '/lib/systemd/systemd';
const version = existsSync(SYSTEMD) ? spawnSync(SYSTEMD, ['--version'], { encoding: 'utf8' }).stdout : '';
const missing = /^systemd \d/.test(version) ? '' : ' (skipped: systemd is not installed)';
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
    const { stdout } = spawnSync(SYSTEMD, ['--user', '--test', '--unit=all.target'], {
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
