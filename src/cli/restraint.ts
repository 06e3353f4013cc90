import type { Outlet } from '../app/terminal.ts';
import { hasOption, type Word } from './words.ts';

/** The terminal with less than it could show: `--quiet`, `--no-progress`, `--no-color`. */
export function restrained(terminal: Outlet, words: readonly Word[]): Outlet {
  const isQuiet = hasOption(words, '--quiet');
  const isStill = isQuiet || hasOption(words, '--no-progress');
  const isPlain = hasOption(words, '--no-color');
  const { entry, environment, isTerminal, isPersonal, status, print, write, note, command } = terminal;
  return {
    entry,
    environment,
    isTerminal,
    isPersonal,
    // Both are looked at when they are needed: the input is opened then.
    get input() {
      return terminal.input;
    },
    get look() {
      return isPlain ? { ...terminal.look, colour: false } : terminal.look;
    },
    status: isStill ? NO_STATUS : status,
    print,
    write,
    note: isQuiet ? () => undefined : note,
    command,
    confirm: (question, signal) => terminal.confirm(question, signal),
    interruptible: (work) => terminal.interruptible(work),
  };
}

const NO_STATUS: Outlet['status'] = { isShown: false, show: () => undefined, tell: () => undefined };
