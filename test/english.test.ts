import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PLACES = [
  'README.md',
  'CHANGELOG.md',
  'docs',
  'checks',
  'src/allow',
  'src/app',
  'src/catalog',
  'src/causes',
  'src/cli',
  'src/core',
  'src/demo',
  'src/gather',
  'src/parse',
  'src/report',
  'src/sanitize',
  'src/tooling',
];

const ROOT = join(import.meta.dirname, '..');

/** Words that hide the actor, or that readers stumble over. */
const UNWANTED = /\b(?:nobody|somebody|everybody|anybody|so long(?! as)|mend(?:s|ed|ing)?)\b/i;

/** A sentence that opens with a clause instead of its subject: "What was not read is named". Questions are fine. */
const CLAUSE =
  /(?:^|[.!?] )(?:(?:What (?!to do)|Who |Whose |Whom )[a-z]|That (?:it|its|the|a|an|no|they|PMS)\b)[^.!?]*(?:[.!;:,]|$)/;

function filesUnder(place: string): readonly string[] {
  if (statSync(join(ROOT, place)).isFile()) return [place];
  return readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => ['.ts', '.md'].includes(extname(name)))
    .map((name) => join(place, name));
}

/** The sentences of one line for people. Ids, code and quoted code are none. */
function proseOf(line: string, isMarkdown: boolean): readonly string[] {
  if (isMarkdown) return [line.replace(/`[^`]*`/g, '').replace(/^[\s>#|*-]+/, '')];
  const comment = /^\s*(?:\/\/|\/\*\*?|\*)\s+(.*?)(?:\s*\*\/)?$/.exec(line)?.[1];
  if (comment !== undefined) return [comment.replace(/`[^`]*`/g, '')];
  return [...line.matchAll(/(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)]
    .map((match) => match[2] ?? '')
    .filter((text) => /\S \S/.test(text));
}

function breaches(text: string, isMarkdown: boolean): readonly string[] {
  const prose = isMarkdown ? text.replace(/^```[\s\S]*?^```/gm, '').replace(/^ {4}.*$/gm, '') : text;
  return prose
    .split('\n')
    .flatMap((line) => proseOf(line, isMarkdown))
    .filter((sentence) => UNWANTED.test(sentence) || CLAUSE.test(sentence));
}

/** Their rows hold words of programs and people; their comments are ours. */
const TESTS = filesUnder('test').filter((path) => path.endsWith('.ts') && path !== 'test/english.test.ts');

function commentsOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^\s*(?:\/\/|\/\*|\*)/.test(line))
    .join('\n');
}

describe('the English of the product', () => {
  it.each<[string, string]>([
    ['a comment without an actor', '// Nobody saw it.'],
    ['a comment that opens with a clause', '/** What was seen of PMS. */'],
    ['a clause in a later sentence', ' * It is read. Who writes is told. */'],
    ['a message', "  mended: 'the network was mended',"],
    ['a message that opens with a clause', "  why: 'That it breaks a scan is not proven.',"],
  ])('finds %s', (_, line) => {
    expect(breaches(line, false)).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['a message id', "  mended: 'The proxy let it through later.',"],
    ['a question', "  title: 'What must I allow?',"],
    ['a demonstrative', '// That is why it waits.'],
    ['quoted code', '// `nobody` is a user of the system.'],
  ])('accepts %s', (_, line) => {
    expect(breaches(line, false)).toEqual([]);
  });

  it.each(PLACES.flatMap(filesUnder))('%s', (path) => {
    expect(breaches(readFileSync(join(ROOT, path), 'utf8'), path.endsWith('.md'))).toEqual([]);
  });

  it.each(TESTS)('comments of %s', (path) => {
    expect(breaches(commentsOf(readFileSync(join(ROOT, path), 'utf8')), false)).toEqual([]);
  });
});
