import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutCommands } from '../../src/app/github.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { commandsIn } from '../support/formats/workflow.ts';
import { runHere } from '../support/system/in-process.ts';
import { Workshop } from '../support/system/workshop.ts';

describe('what a run prints holds no command of the runner', () => {
  it.each([
    '::error::x',
    '  ::error::x',
    '\u00A0\u0085::error::x',
    'one\n::add-mask::x',
    'one\r::add-mask::x',
    'one\r\n\t::set-output name=a::x',
    '::::',
    'a ##[add-path]/tmp',
    '###[error]x',
    '##[##[error]x',
  ])('%j', (words) => {
    expect(commandsIn(withoutCommands(words))).toEqual([]);
  });

  it('whatever it quotes', () => {
    const piece = fc.constantFrom(
      '::',
      ':',
      '##[',
      '#',
      '[',
      ']',
      '\n',
      '\r',
      ' ',
      '\t',
      '\u0085',
      'error',
      'add-mask',
      'title=a',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(commandsIn(withoutCommands(pieces.join('')))).toEqual([]);
      }),
    );
  });

  it.each(['no_proxy localhost,\n::1,127.0.0.1', 'a::b::c', '# [x]', 'a:\n:b::'])('%j stays as it is', (words) => {
    expect(withoutCommands(words)).toBe(words);
  });
});

describe('a run in a workflow', () => {
  const work = new Workshop();
  afterAll(() => work.remove());
  const evidence = work.file('evidence.json', JSON.stringify(evidenceFixture()));
  const onGithub = (summary: string): Record<string, string> => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
  });

  it('gives annotations on standard error, the summary of the step, and the report as it always is', async () => {
    const summary = work.file('summary.md', 'earlier\n');
    const args = ['--from-evidence', evidence, '--format', 'json'];
    const [plain, there] = await Promise.all([runHere(args), runHere(args, { environment: onGithub(summary) })]);
    expect(there.stdout).toBe(plain.stdout);
    expect(there.code).toBe(plain.code);
    expect(commandsIn(plain.stderr)).toEqual([]);
    expect(commandsIn(there.stderr)).not.toEqual([]);
    const { stdout } = await runHere(['--from-evidence', evidence, '--format', 'markdown']);
    expect(readFileSync(summary, 'utf8')).toBe(`earlier\n${stdout}`);
  });

  it('publishes no names there, although the report is raw', async () => {
    const summary = work.file('raw.md', '');
    const raw = evidenceFixture({ variables: { https_proxy: 'http://proxy7.acmewidgets.test:3128' } });
    const file = work.file('raw.json', JSON.stringify(raw));
    const { stdout, stderr } = await runHere(['--from-evidence', file, '--raw', '--verbose'], {
      environment: onGithub(summary),
    });
    expect(stdout).toContain('acmewidgets');
    expect(stderr + readFileSync(summary, 'utf8')).not.toContain('acmewidgets');
  });

  it('does not fail because of a summary that cannot be written', async () => {
    const args = ['--from-evidence', evidence];
    const [plain, there] = await Promise.all([runHere(args), runHere(args, { environment: onGithub(work.path) })]);
    expect(there.code).toBe(plain.code);
    expect(there.stderr).toMatch(/^GITHUB_STEP_SUMMARY: .*directory$/m);
  });
});
