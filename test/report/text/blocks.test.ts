import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../src/report/blocks/options.ts';
import { drawBlock } from '../../../src/report/text/blocks.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { text, value, type Block } from '../../../src/report/blocks/blocks.ts';

const WORDS = 'Plex Media Scanner connects to metadata.provider.plex.tv directly, and nothing answers';

function draw(block: Block, width = 60, margin = 2): readonly string[] {
  return drawBlock(block, { margin, isSmall: false }, styleOf({ ...DEFAULT_OPTIONS, width }));
}

describe('facts', () => {
  const facts = [
    { label: 'one', text: 'short' },
    { label: [value('longer.example')], text: WORDS, mark: 'bad', more: [{ text: 'more', mark: 'warn' }] },
  ] as const;
  it('stand in two columns, with room for marks', () => {
    expect(draw({ kind: 'facts', facts })).toEqual([
      '    one             short',
      '  ✗ longer.example  Plex Media Scanner connects to',
      '                    metadata.provider.plex.tv directly, and',
      '                    nothing answers',
      '  !                 more',
    ]);
  });
  it('stand at the margin in a section without a title', () => {
    expect(
      draw(
        {
          kind: 'facts',
          facts: [
            { label: 'one', text: 'a' },
            { label: 'three', text: 'b' },
          ],
        },
        60,
        0,
      ),
    ).toEqual(['one    a', 'three  b']);
  });
  it('a label that leaves no room stands alone', () => {
    const long = 'a-name-that-takes-up-more-than-half-of-the-line';
    expect(draw({ kind: 'facts', facts: [{ label: long, text: 'what it is' }] })).toEqual([
      `    ${long}`,
      '      what it is',
    ]);
  });
});

describe('a list', () => {
  it('hangs, with more below', () => {
    const items = [{ mark: 'warn', text: WORDS, more: [text`see ${value('plex.tv')}`] }] as const;
    expect(draw({ kind: 'list', items })).toEqual([
      '  ! Plex Media Scanner connects to metadata.provider.plex.tv',
      '    directly, and nothing answers',
      '    see plex.tv',
    ]);
  });
  it('has the detail on the same line where there is room', () => {
    const items = [{ text: 'a → b', detail: 'direct, no reply' }];
    expect(draw({ kind: 'list', items })).toEqual(['  a → b   direct, no reply']);
    expect(draw({ kind: 'list', items: [{ text: WORDS, detail: 'direct' }] })).toEqual([
      '  Plex Media Scanner connects to metadata.provider.plex.tv',
      '    directly, and nothing answers',
      '    direct',
    ]);
  });
});

it('steps are numbered, the digits below each other, with their commands', () => {
  const steps = Array.from({ length: 10 }, (_, i) => ({ text: `Step ${i}.`, commands: i === 0 ? ['sudo true'] : [] }));
  const lines = draw({ kind: 'steps', steps });
  expect(lines.slice(0, 2)).toEqual(['   1. Step 0.   sudo true', '   2. Step 1.']);
  expect(lines.at(-1)).toBe('  10. Step 9.');
});

it('notes are wrapped at their margin', () => {
  expect(draw({ kind: 'notes', notes: [WORDS, 'b'] })).toEqual([
    '  Plex Media Scanner connects to metadata.provider.plex.tv',
    '  directly, and nothing answers',
    '  b',
  ]);
});

it('code is never broken: a comment that is too long stands below', () => {
  const line = `  - host: example.org  # ${WORDS}`;
  expect(draw({ kind: 'code', language: 'yaml', lines: ['add:', line] })).toEqual([
    '  add:',
    '    - host: example.org',
    '      # Plex Media Scanner connects to',
    '      # metadata.provider.plex.tv directly, and nothing',
    '      # answers',
  ]);
});

it('a long list without spaces is broken behind its commas', () => {
  const hosts = Array.from({ length: 8 }, (_, i) => `host${i}.example.org`).join(',');
  expect(draw({ kind: 'notes', notes: [[value(hosts)]] })).toEqual([
    '  host0.example.org, host1.example.org, host2.example.org,',
    '  host3.example.org, host4.example.org, host5.example.org,',
    '  host6.example.org, host7.example.org',
  ]);
});
