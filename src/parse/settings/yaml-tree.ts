import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Alias,
  type Document,
  type Node,
} from 'yaml';
import type { Problem } from './assignment.ts';

/** Larger than any manifest of one server; everything below takes time in proportion to it. */
const MAX_CHARACTERS = 1_000_000;
/** Flow collections nest the reader itself. */
const MAX_DEPTH = 200;
/** Steps from one entry to the next: aliases let a short text stand for a huge tree. */
const MAX_STEPS = 200_000;

export interface Entry {
  readonly key: string;
  readonly value: Node | null;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type YamlTrees =
  | { readonly ok: true; readonly trees: readonly YamlTree[] }
  | { readonly ok: false; readonly problem: Problem };

/** Thrown by the walk of a tree that would not end in reasonable time. */
export class TooManySteps extends Error {}

export function parseYamlTrees(text: string): YamlTrees {
  const problem = sizeProblem(text);
  if (problem !== null) return { ok: false, problem };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const list = 'empty' in documents ? [] : documents;
  const broken = list.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    return { ok: false, problem: { line, column: col, rule: 'this is not well-formed YAML' } };
  }
  return { ok: true, trees: list.map((document) => new YamlTree(document, lines)) };
}

function sizeProblem(text: string): Problem | null {
  if (text.length > MAX_CHARACTERS)
    return { line: 1, column: 1, rule: `a manifest must not be longer than ${MAX_CHARACTERS} characters` };
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    // Brackets within quotes and comments count as well: no manifest has so many of them open.
    for (const c of line) depth = Math.max(0, depth + (c === '[' || c === '{' ? 1 : c === ']' || c === '}' ? -1 : 0));
    const blocks = /^[ \t]*(?:[-?][ \t]+)*/.exec(line)?.[0].length ?? 0;
    if (depth > MAX_DEPTH || blocks > 2 * MAX_DEPTH)
      return { line: index + 1, column: 1, rule: `a manifest must not nest deeper than ${MAX_DEPTH} levels` };
  }
  return null;
}

/** One document, walked by names; aliases and merge keys are followed. */
export class YamlTree {
  readonly root: Node | null;
  readonly #lines: LineCounter;
  readonly #targets: ReadonlyMap<Alias, Node>;
  #steps = 0;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#lines = lines;
    this.#targets = targetsOf(document);
    this.root = this.resolved(document.contents);
  }

  at(node: Node | null, ...path: readonly string[]): Node | null {
    const [key, ...rest] = path;
    if (key === undefined) return node;
    const entry = this.entries(node).findLast((each) => each.key === key);
    return this.at(entry?.value ?? null, ...rest);
  }

  /** Entries of a mapping; those of merge keys (`<<: *common`) come first, the first of several last, because the mapping's own stand. */
  entries(node: Node | null, within: readonly Node[] = []): readonly Entry[] {
    const map = this.resolved(node);
    if (!isMap<Node, Node | null>(map) || within.includes(map)) return [];
    this.#step(map.items.length);
    const all = map.items.map(({ key, value }) => ({ key: this.text(key) ?? '', value: this.resolved(value) }));
    const merged = all
      .filter(({ key }) => key === '<<')
      .flatMap(({ value }) => (isSeq(value) ? this.items(value).toReversed() : [value]))
      .flatMap((each) => this.entries(each, [...within, map]));
    return [...merged, ...all.filter(({ key }) => key !== '<<')];
  }

  items(node: Node | null): readonly Node[] {
    const list = this.resolved(node);
    if (!isSeq<Node>(list)) return [];
    this.#step(list.items.length);
    return list.items.flatMap((item) => this.resolved(item) ?? []);
  }

  /** Text of a scalar as written: `yes` and `8080` are text to a container as well. */
  text(node: Node | null): string | null {
    const scalar = this.resolved(node);
    if (!isScalar(scalar) || scalar.value === null) return null;
    return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? null);
  }

  resolved(node: Node | null): Node | null {
    return isAlias(node) ? (this.#targets.get(node) ?? null) : node;
  }

  place(node: Node | null): Place {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { line, column: col };
  }

  #step(count: number): void {
    this.#steps += count + 1;
    if (this.#steps > MAX_STEPS) throw new TooManySteps();
  }
}

/** Finds the target of each alias: the last node before it with this anchor. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
