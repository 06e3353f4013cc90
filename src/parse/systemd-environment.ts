import { isVariableName, type Assignment, type Problem } from './assignment.ts';
import { parseUnit, positionOf, type Directive } from './systemd-unit.ts';
import { splitWords } from './systemd-words.ts';

/** One file of a unit: the fragment first, then its drop-ins in the order in which systemd applies them. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

export interface Located<T> {
  readonly path: string;
  readonly line: number;
  readonly value: T;
}

/** What the files of a unit (or of the manager) say about the environment; later files have been applied to earlier ones. */
export interface UnitEnvironment {
  /** `Environment=` or `DefaultEnvironment=`, last assignment of a name only. */
  readonly assignments: readonly Located<Assignment>[];
  /** `EnvironmentFile=`, in order; what they set wins over `assignments`. */
  readonly files: readonly Located<{ readonly file: string; readonly optional: boolean }>[];
  /** `PassEnvironment=`: names taken from the manager's own environment. */
  readonly passed: readonly Located<string>[];
  /** `UnsetEnvironment=`: `NAME` or `NAME=value`, applied last. */
  readonly unset: readonly string[];
  /** What systemd would ignore with a warning. */
  readonly problems: readonly (Problem & { readonly path: string })[];
}

/**
 * Applies the files of a unit one after another, per systemd.exec(5): an empty assignment resets the list of its directive.
 * @param section `Service` for units; `Manager` for system.conf, whose `DefaultEnvironment=` has the syntax of `Environment=`;
 * `pasted` for lines of a service without their header, which systemd itself would ignore.
 */
export function unitEnvironment(
  files: readonly UnitFile[],
  section: 'Service' | 'Manager' | 'pasted' = 'Service',
): UnitEnvironment {
  let assignments = new Map<string, Located<Assignment>>();
  let environmentFiles: Located<{ file: string; optional: boolean }>[] = [];
  let passed: Located<string>[] = [];
  let unset: string[] = [];
  const problems: (Problem & { path: string })[] = [];

  const wordsOf = (path: string, directive: Directive) => {
    const { words, problem } = splitWords(directive.value);
    if (problem) problems.push({ path, ...positionOf(directive, problem.offset), rule: problem.rule });
    return words.map((word) => ({ ...word, ...positionOf(directive, word.offset) }));
  };

  for (const { path, text } of files) {
    const unit = parseUnit(text);
    problems.push(...unit.problems.map((problem) => ({ path, ...problem })));
    for (const directive of unit.directives) {
      if (directive.section !== (section === 'pasted' ? '' : section)) continue;
      switch (directive.key) {
        case 'Environment':
        case 'DefaultEnvironment': {
          if ((directive.key === 'DefaultEnvironment') !== (section === 'Manager')) break;
          if (directive.value === '') assignments = new Map();
          for (const word of wordsOf(path, directive)) {
            const equals = word.text.indexOf('=');
            const name = word.text.slice(0, Math.max(0, equals));
            if (!isVariableName(name)) {
              const rule = 'an assignment must be NAME=value, in quotes as a whole if it holds spaces (systemd.exec)';
              problems.push({ path, line: word.line, column: word.column, rule });
              continue;
            }
            const { value, unresolved } = expandPercent(word.text.slice(equals + 1));
            const assignment = { name, value, line: word.line, column: word.column, unresolved };
            assignments.set(name, { path, line: word.line, value: assignment });
          }
          break;
        }
        case 'EnvironmentFile': {
          if (directive.value === '') environmentFiles = [];
          else {
            const optional = directive.value.startsWith('-');
            const file = directive.value.slice(optional ? 1 : 0);
            environmentFiles.push({ path, line: directive.line, value: { file, optional } });
          }
          break;
        }
        case 'PassEnvironment': {
          if (directive.value === '') passed = [];
          passed.push(...wordsOf(path, directive).map(({ text: value, line }) => ({ path, line, value })));
          break;
        }
        case 'UnsetEnvironment': {
          if (directive.value === '') unset = [];
          unset.push(...wordsOf(path, directive).map((word) => word.text));
          break;
        }
        default:
      }
    }
  }
  return { assignments: [...assignments.values()], files: environmentFiles, passed, unset, problems };
}

/** `%%` is a percent sign; every other specifier (`%H`, `%i`) stands for something that the files do not say. */
function expandPercent(text: string): { readonly value: string; readonly unresolved: string | null } {
  let unresolved: string | null = null;
  const value = text.replace(/%(.)/g, (whole, letter: string) => {
    if (letter === '%') return '%';
    // systemd leaves a percent sign before anything but a letter alone, as in percent-encoded passwords ("%40").
    if (/[A-Za-z]/.test(letter)) unresolved ??= whole;
    return whole;
  });
  return { value, unresolved };
}
