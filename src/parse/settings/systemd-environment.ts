import type { SystemdIgnore } from '../../core/model/systemd-ignores.ts';
import { isVariableName, type Assignment } from './assignment.ts';
import { expandSpecifiers, type SpecifierScope } from './systemd-specifiers.ts';
import { isValidText, parseUnit, positionOf, type Directive } from './systemd-unit.ts';
import { splitWords, type Word } from './systemd-words.ts';

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

/** A place that systemd skips although it was meant to say something about the environment. */
export interface Ignored {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly why: SystemdIgnore;
}

/** The environment that the files of a unit (or of the manager) set; later files have been applied to earlier ones. */
export interface UnitEnvironment {
  /** `Environment=` or `DefaultEnvironment=`, last assignment of a name only. */
  readonly assignments: readonly Located<Assignment>[];
  /** `ManagerEnvironment=`: what the manager sets for itself. */
  readonly own: readonly Located<Assignment>[];
  /** `EnvironmentFile=`, in order; what they set wins over `assignments`. `unresolved`: a specifier in the path. */
  readonly files: readonly Located<{
    readonly file: string;
    readonly optional: boolean;
    readonly unresolved: string | null;
  }>[];
  /** `PassEnvironment=`: names taken from the manager's own environment. */
  readonly passed: readonly Located<string>[];
  /** `UnsetEnvironment=`: `NAME` or `NAME=value`, applied last. */
  readonly unset: readonly string[];
  readonly ignored: readonly Ignored[];
  /** The unit's own file ends in a way that keeps systemd from loading the unit. */
  readonly isBroken: boolean;
}

/** The owner of the files: a service (`name` null: only a part is at hand), the manager, or a service whose lines lack their header. */
export type UnitKind =
  | { readonly kind: 'service'; readonly name: string | null; readonly isUser: boolean }
  | { readonly kind: 'manager' }
  | { readonly kind: 'pasted' };

const SECTIONS = { service: ['Unit', 'Service', 'Install'], pasted: ['Service'], manager: ['Manager'] } as const;

/**
 * Applies the files of a unit one after another, per systemd.exec(5): an empty assignment resets the list of its directive.
 * `every`: lines that systemd ignores are told even where they have nothing to do with the environment.
 */
export function unitEnvironment(
  files: readonly UnitFile[],
  unit: UnitKind = { kind: 'service', name: null, isUser: false },
  told: 'environment' | 'every' = 'environment',
): UnitEnvironment {
  const builder = new Builder(scopeOf(unit));
  let isBroken = false;
  for (const [index, { path, text }] of files.entries()) {
    const parsed = parseUnit(text, SECTIONS[unit.kind], unit.kind === 'pasted' ? 'Service' : null);
    isBroken ||= index === 0 && parsed.isBroken;
    for (const { isAboutEnvironment, ...place } of parsed.ignored)
      if (isAboutEnvironment || told === 'every') builder.ignored.push({ path, ...place });
    const wanted = unit.kind === 'manager' ? 'Manager' : 'Service';
    for (const directive of parsed.directives) if (directive.section === wanted) builder.apply(path, directive);
  }
  const { assignments, own, files: named, passed, unset, ignored } = builder;
  return {
    assignments: [...assignments.values()],
    own: [...own.values()],
    files: named,
    passed,
    unset,
    ignored,
    isBroken,
  };
}

function scopeOf(unit: UnitKind): SpecifierScope {
  switch (unit.kind) {
    case 'manager':
      return { kind: 'manager' };
    case 'pasted':
      return { kind: 'unit', name: null, isUser: false };
    case 'service':
      return { kind: 'unit', name: unit.name, isUser: unit.isUser };
  }
}

/** The result of the directives so far; a reset clears only its own list. */
class Builder {
  readonly assignments = new Map<string, Located<Assignment>>();
  readonly own = new Map<string, Located<Assignment>>();
  files: UnitEnvironment['files'][number][] = [];
  passed: Located<string>[] = [];
  unset: string[] = [];
  readonly ignored: Ignored[] = [];
  readonly #scope: SpecifierScope;

  constructor(scope: SpecifierScope) {
    this.#scope = scope;
  }

  apply(path: string, directive: Directive): void {
    const isReset = directive.value === '';
    switch (directive.key) {
      case 'DefaultEnvironment':
      case 'Environment':
        if (isReset) this.assignments.clear();
        this.#assign(path, directive, this.assignments);
        break;
      case 'ManagerEnvironment':
        if (isReset) this.own.clear();
        this.#assign(path, directive, this.own);
        break;
      case 'EnvironmentFile':
        if (isReset) this.files = [];
        else this.#nameFile(path, directive);
        break;
      case 'PassEnvironment':
        if (isReset) this.passed = [];
        for (const { text, line } of this.#names(path, directive, 'plain'))
          this.passed.push({ path, line, value: text });
        break;
      case 'UnsetEnvironment':
        if (isReset) this.unset = [];
        this.unset.push(...this.#names(path, directive, 'c').map(({ text }) => text));
        break;
      default:
    }
  }

  /** config_parse_environ() in src/core/load-fragment.c: a word that is refused is skipped, the others count. */
  #assign(path: string, directive: Directive, to: Map<string, Located<Assignment>>): void {
    for (const { word, line, column } of this.#words(path, directive, 'c')) {
      const expanded = expandSpecifiers(word.text, this.#scope);
      if (expanded.isRefused) {
        this.ignored.push({ path, line, column, why: 'specifier' });
        continue;
      }
      const equals = expanded.text.indexOf('=');
      const name = expanded.text.slice(0, Math.max(0, equals));
      const value = expanded.text.slice(equals + 1);
      if (!isVariableName(name) || word.isBroken || !isValidText(value)) {
        this.ignored.push({ path, line, column, why: 'assignment' });
        continue;
      }
      const { unresolved } = expanded;
      to.set(name, { path, line, value: { name, value, line, column, unresolved } });
    }
  }

  /** config_parse_unit_env_file(). */
  #nameFile(path: string, directive: Directive): void {
    const { line, value } = directive;
    const optional = value.startsWith('-');
    const expanded = expandSpecifiers(value.slice(optional ? 1 : 0), this.#scope);
    const why = expanded.isRefused ? 'specifier' : isNormalizedPath(expanded.text) ? null : 'path';
    if (why !== null) this.ignored.push({ path, ...positionOf(directive, 0), why });
    if (why === null && !expanded.isRefused) {
      const { text: file, unresolved } = expanded;
      this.files.push({ path, line, value: { file, optional, unresolved } });
    }
  }

  /** config_parse_pass_environ() and config_parse_unset_environ(). */
  #names(path: string, directive: Directive, escapes: 'c' | 'plain') {
    return this.#words(path, directive, escapes).flatMap(({ word, line, column }) => {
      const expanded = expandSpecifiers(word.text, this.#scope);
      const why = expanded.isRefused
        ? 'specifier'
        : this.#isName(directive.key, expanded.text)
          ? null
          : 'variable-name';
      if (why === null && !expanded.isRefused) return [{ text: expanded.text, line }];
      this.ignored.push({ path, line, column, why: why ?? 'specifier' });
      return [];
    });
  }

  #isName(key: string, text: string): boolean {
    return isVariableName(key === 'UnsetEnvironment' ? text.replace(/=[^]*$/, '') : text);
  }

  #words(path: string, directive: Directive, escapes: 'c' | 'plain') {
    const { words, problemAt } = splitWords(directive.value, escapes);
    if (problemAt !== null) this.ignored.push({ path, ...positionOf(directive, problemAt), why: 'syntax' });
    return words.map((word: Word) => ({ word, ...positionOf(directive, word.offset) }));
  }
}

/** path_is_normalized() after path_simplify(): absolute, and no component leads back. */
function isNormalizedPath(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..');
}
