import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../src/parse/settings/environment-file.ts';
import { FUZZ } from '../../support/fuzz.ts';

// systemd's own reader of this syntax, as a program: it prints what it has read from all files of a folder.
const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
const missing = existsSync(GENERATOR) ? '' : ' (skipped: systemd is not installed)';
it.skipIf(missing !== '')(`finds what systemd finds${missing}`, async () => {
  const piece = fc.constantFrom('A=', '\nA=', '\nB=', 'B = ', 'x', ' ', '"', "'", '\\', '\\\n', '\n', '\\"', '\\\\');
  // Variables of each file have names of their own.
  const texts = fc
    .sample(fc.array(piece, { maxLength: 14 }), 300 * FUZZ)
    .map((pieces, at) => pieces.join('').replace(/[AB](?= ?=)/g, `$&${at}_`));
  const theirs = await readBySystemd(texts);
  const ours = texts.flatMap((text) => parseEnvironmentFile(text, { allowExport: false }).assignments);
  const told = new Map(ours.map(({ name, value }) => [name, value]));
  const wrong = texts.flatMap((text, at) =>
    ['A', 'B'].flatMap((letter) => {
      const name = `${letter}${at}_`;
      const values = { ours: told.get(name), theirs: theirs.get(name) };
      // It takes some empty values and passes over others, so that the one before stays.
      return values.ours === '' || values.ours === values.theirs ? [] : [{ text, name, values }];
    }),
  );
  expect(wrong).toEqual([]);
  expect(theirs.size).toBeGreaterThan(texts.length / 10);
});

async function readBySystemd(texts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'environment-d-'));
  try {
    await mkdir(join(home, 'environment.d'));
    await Promise.all(texts.map((text, at) => writeFile(join(home, `environment.d/${at}.conf`), text)));
    const printed = execFileSync(GENERATOR, {
      env: { XDG_CONFIG_HOME: home, HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    return new Map(
      [...printed.matchAll(/^([AB]\d+_)=(.*)$/gm)].map(([, name = '', value = '']) => [name, unescape(value)]),
    );
  } finally {
    await rm(home, { recursive: true });
  }
}

/** A value as systemd prints it: in quotes with escapes where it holds more than plain characters. */
function unescape(printed: string): string {
  return printed.startsWith('"')
    ? printed.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
    : printed;
}
