import { describe, expect, it } from 'vitest';
import { COMMANDS, MAIN } from '../../src/cli/commands/index.ts';
import { completionScript } from '../../src/cli/help/completion.ts';
import { drawHelp } from '../../src/cli/help/draw.ts';
import { manual } from '../../src/cli/help/man.ts';
import { pageOf } from '../../src/cli/help/pages.ts';
import { ALL_OPTIONS } from '../../src/cli/misuse.ts';
import { COMMON_OPTIONS } from '../../src/cli/options/options.ts';
import { overviewPage } from '../../src/cli/run.ts';
import { EXIT } from '../../src/core/verdict/verdict.ts';
import { FUZZ } from '../support/fuzz.ts';
import { runHere } from '../support/system/in-process.ts';

const PAGES = [
  ['all', overviewPage()] as const,
  ...COMMANDS.map((command) => [command.name, pageOf(command, COMMON_OPTIONS)] as const),
];

describe.each(PAGES)('help of %s', (_, page) => {
  it('keeps to the width of any terminal, and breaks nothing but at blanks', () => {
    const words = (text: string): string => text.replace(/\s+/g, ' ');
    const whole = words(drawHelp(page, 10_000));
    for (let width = 60; width <= 140; width += 1) {
      const drawn = drawHelp(page, width);
      expect(Math.max(...drawn.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(width);
      expect(words(drawn)).toBe(whole);
    }
  });

  it('has each exit code on a line of its own', () => {
    const lines = drawHelp(page, 60).split('\n');
    for (const code of Object.values(EXIT))
      expect(lines.filter((line) => line.startsWith(`  ${code} `))).toHaveLength(1);
  });
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))('%s', (name, command) => {
  const taken = { ...command.own, ...command.shared, ...COMMON_OPTIONS };

  it('has examples, and its own options before all others', () => {
    const { sections } = pageOf(command, COMMON_OPTIONS);
    const titles = sections.map(({ title }) => title).filter((title) => title !== 'Arguments');
    const own = [...new Set(Object.values(command.own).map(({ group }: { group: string }) => group))];
    expect(titles.slice(0, own.length)).toEqual(own);
    expect(command.examples.length).toBeGreaterThan(0);
  });

  it('is told by help and by --help alike', async () => {
    const ran = await runHere(['help', name]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    for (const flag of ['--help', '-h']) expect(await runHere([name, flag])).toEqual(ran);
    for (const option of Object.keys(taken)) expect(ran.stdout).toContain(`--${option}`);
  });

  it('refuses each option of other commands by its name', async () => {
    const all = Object.entries(ALL_OPTIONS).filter(([option]) => !(option in taken));
    // By day a third of them, another one for each command.
    const foreign = all.filter((_, i) => FUZZ > 1 || i % 3 === name.length % 3);
    for (const [option, { type }] of foreign) {
      const ran = await runHere([name, `--${option}`, ...(type === 'boolean' ? [] : ['1'])]);
      const owners = COMMANDS.filter(({ own, shared }) => option in own || option in shared);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(new RegExp(`^[^\\n]+ ${name}: --${option} belongs to [^\\n]+\\n$`));
      for (const owner of owners) expect(ran.stderr).toContain(owner.name);
    }
  });

  it('refuses words behind "--", and leaves them unsaid', async () => {
    for (const words of [['Canary'], ['--help'], ['-V']]) {
      const ran = await runHere([name, '--', ...words]);
      expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+"--"[^\n]+\n$/) });
      expect(ran.stderr).not.toContain('Canary');
    }
  });
});

describe('--from-evidence', () => {
  const KEPT = ['from-evidence', 'format', 'output', 'all', 'verbose', 'raw', 'force', 'expect', 'save-evidence'];

  it.each(['check', 'observe', 'reproduce'])('%s: each option of gathering is refused by its name', async (name) => {
    const command = COMMANDS.find((each) => each.name === name);
    const useless = Object.entries({ ...command?.shared, ...command?.own }).filter(
      ([option]) => !KEPT.includes(option),
    );
    expect(useless.length).toBeGreaterThan(8);
    for (const [option, { type, choices }] of useless) {
      const value = type === 'boolean' ? [] : [choices?.[0] ?? '1'];
      const ran = await runHere([name, '--from-evidence', '/nonexistent', `--${option}`, ...value]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(new RegExp(`--from-evidence [^\\n]*--${option} would have no effect`));
    }
  });

  it('works with every other option', async () => {
    const args = [
      '--all',
      '--verbose',
      '--raw',
      '--force',
      '--format',
      'json',
      '--quiet',
      '--no-color',
      '--no-progress',
    ];
    const ran = await runHere(['check', '--from-evidence', '/nonexistent', ...args]);
    expect(ran.stderr).toMatch(/cannot read \/nonexistent/);
  });
});

describe('help of nothing', () => {
  it.each([[['help', 'chekc']], [['chekc', '--help']]])('%s', async (args) => {
    expect(await runHere(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('mean check?') });
  });
});

describe('the version', () => {
  it.each([[['--version']], [['-V']], [['check', '--version']], [['--proxy', 'x', '-V']]])('%s', async (args) => {
    const { code, stdout } = await runHere(args);
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 2 });
  });

  it('--verbose adds Node.js', async () => {
    expect((await runHere(['--version', '--verbose'])).stdout).toContain(process.versions.node);
  });
});

describe('made of the same tables', () => {
  const page = manual(COMMANDS, COMMON_OPTIONS);
  const script = completionScript(COMMANDS, MAIN, COMMON_OPTIONS);

  it.each(Object.keys(ALL_OPTIONS))('--%s', (option) => {
    expect(page).toContain(`\\-\\-${option.replaceAll('-', '\\-')}`);
    expect(script).toMatch(new RegExp(`--${option}[ "]`));
  });

  it.each(COMMANDS.map(({ name }) => name))('%s', (name) => {
    expect(page).toMatch(new RegExp(`^\\.SS ${name}\\b`, 'm'));
    expect(script).toMatch(new RegExp(`^    ${name}(?:\\|'')?\\) options=`, 'm'));
  });

  it('no text of the manual is taken for a request of roff', () => {
    expect(page.split('\n').filter((line) => /^[.']/.test(line) && !/^\.(?:TH|SH|SS|TP|B|\\") ?/.test(line))).toEqual(
      [],
    );
  });
});
