import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProbing, startReading, startWatching } from '../../src/app/progress.ts';
import type { Terminal } from '../../src/app/terminal.ts';
import { DEFAULT_OPTIONS } from '../../src/report/blocks/options.ts';
import { RAW_NET } from '../../src/sanitize/net.ts';
import { directFlow } from '../support/fixtures/traffic.ts';

/** Everything that a terminal, or a file in its place, is given to show. */
function fakeTerminal(isShown: boolean) {
  const shown: (string | null)[] = [];
  const noted: string[] = [];
  const terminal: Terminal = {
    entry: null,
    environment: {},
    isTerminal: false,
    isPersonal: false,
    look: DEFAULT_OPTIONS,
    get input(): never {
      throw new Error('progress reads no input');
    },
    status: { isShown, show: (text) => void shown.push(text), tell: (text) => void noted.push(text) },
    print: () => Promise.reject(new Error('progress is no report')),
    note: (text) => void noted.push(text),
    command: () => undefined,
    confirm: () => Promise.resolve(false),
    net: RAW_NET,
    write: () => Promise.resolve(),
    interruptible: (work) => work(new AbortController().signal),
  };
  return { terminal, shown, noted };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('progress of probing', () => {
  it('counts on a terminal, at most ten times a second, and clears the count', () => {
    const { terminal, shown, noted } = fakeTerminal(true);
    const probing = startProbing(terminal, 'probing');
    probing.update(1, 3);
    probing.update(2, 3);
    vi.advanceTimersByTime(100);
    probing.update(2, 3);
    probing.update(3, 3);
    probing.end();
    expect(shown).toEqual(['probing: 1 of 3 attempts', 'probing: 2 of 3 attempts', 'probing: 3 of 3 attempts', null]);
    expect(noted).toEqual([]);
  });

  it('is one line elsewhere', () => {
    const { terminal, shown, noted } = fakeTerminal(false);
    const probing = startProbing(terminal, 'probing');
    probing.update(3, 3);
    probing.end();
    expect({ shown, noted }).toEqual({ shown: [], noted: ['probing …'] });
  });
});

describe('progress of reading', () => {
  it.each<[string, number | null, string]>([
    ['with the size of a file', 5_000_000, '/l\uFFFD/access.log: 2 of 5 MB'],
    ['without the size of a pipe', null, '/l\uFFFD/access.log: 2 MB'],
  ])('shows %s, and no control characters', (_, total, words) => {
    const { terminal, shown } = fakeTerminal(true);
    startReading(terminal).update(2_500_000, total, '/l\u001B/access.log');
    expect(shown).toEqual([words]);
  });

  it('shows nothing elsewhere', () => {
    const { terminal, shown } = fakeTerminal(false);
    startReading(terminal).update(2_500_000, null, '/access.log');
    expect(shown).toEqual([]);
  });
});

describe('progress of watching', () => {
  it('notes each flow, and counts down on a terminal until it ends', () => {
    const { terminal, shown, noted } = fakeTerminal(true);
    const watching = startWatching(terminal, 60_000);
    watching.seen(directFlow('meta.example'), []);
    vi.advanceTimersByTime(2_000);
    watching.end();
    vi.advanceTimersByTime(5_000);
    expect(noted.at(-1)).toMatch(/Plex Media Scanner.* → .*meta\.example.* directly: /);
    expect(shown).toEqual(['59 s left', '58 s left', null]);
  });

  it('shows no count elsewhere', () => {
    const { terminal, shown, noted } = fakeTerminal(false);
    startWatching(terminal, 60_000);
    vi.advanceTimersByTime(2_000);
    expect(shown).toEqual([]);
    expect(noted).toHaveLength(1);
  });
});
