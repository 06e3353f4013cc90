import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ALL_OPTIONS } from '../src/cli/misuse.ts';

/** Decisions tell of their time, so they may name files that are gone. */
const PAGES = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  'test/README.md',
  'test/lab/README.md',
  'test/support/captures/README.md',
];

/** Files that a page names in code, `src/` left out or not; names in capitals stand for those of the reader. */
function filesNamedIn(text: string): readonly string[] {
  return [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs))`/g)].flatMap(([, path = '']) =>
    /[A-Z]/.test(path) ? [] : [path],
  );
}

describe('files that pages name are there', () => {
  it.each(PAGES)('%s', (page) => {
    const named = filesNamedIn(readFileSync(page, 'utf8'));
    expect(named.filter((path) => !existsSync(path) && !existsSync(`src/${path}`))).toEqual([]);
  });

  it('which is seen in pages that name some', () => {
    expect(filesNamedIn('`parse/dns.ts`, `src/causes/ID.ts` and `src/tooling/layers.mjs`')).toEqual([
      'parse/dns.ts',
      'src/tooling/layers.mjs',
    ]);
  });
});

describe('YAML in pages can be read', () => {
  it.each(PAGES)('%s', (page) => {
    const blocks = [...readFileSync(page, 'utf8').matchAll(/^```ya?ml\n([^]*?)^```/gm)].map(([, block = '']) => block);
    const problems = blocks
      .flatMap((block) => parseAllDocuments(block, { strict: true }))
      .flatMap(({ errors }) => errors);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });
});

/** The options of this tool in the commands of a page, up to where the shell goes on to another program. */
function optionsIn(text: string): readonly string[] {
  const commands = [
    ...text.matchAll(
      /(?:pms-proxy-doctor(?:\.js)?|"\$DOCTOR") (?:check|observe|reproduce|read|compare|endpoints|allow)\b([^`'|;\n]*)/g,
    ),
  ];
  return commands.flatMap(([, words = '']) => [...words.matchAll(/ --([a-z][a-z-]*)/g)].map(([, name = '']) => name));
}

describe('options in the commands of pages are there', () => {
  it.each(PAGES)('%s', (page) => {
    expect(optionsIn(readFileSync(page, 'utf8')).filter((name) => !(name in ALL_OPTIONS))).toEqual([]);
  });

  it('which is seen in a command', () => {
    expect(optionsIn('node "$DOCTOR" check --expect a.yaml -o b --raw | curl --fail')).toEqual(['expect', 'raw']);
  });
});
