import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Node, type Scalar } from 'yaml';
import { maskUserinfo } from '../core/values/secret.ts';
import { nearest } from '../core/values/nearest.ts';

/** A file with a hundred mistakes is rather the wrong file: after this many, the rest is only counted. */
const MAX_PROBLEMS = 20;
const LONGEST_NUMERAL = 6;
const LONGEST_QUOTE = 60;

type Words = readonly [found: string, expected: string, todo: string];

/** The codes of the YAML parser whose own message does not help. */
const SYNTAX_WORDS: Readonly<Record<string, Words>> = {
  DUPLICATE_KEY: ['a key that stands here twice', 'every key once', 'remove one of them'],
  RESOURCE_EXHAUSTION: ['nesting that is too deep', 'a few levels', 'write it flatter'],
  MULTIPLE_DOCS: ['a second YAML document', 'one', 'remove the line with ---'],
};

/** One entry of a mapping: where its key stands, and its value (null when there is none at all). */
export interface Field {
  readonly key: Node;
  readonly value: Node | null;
}

interface Problem {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
  /** A function where it costs a search: only the problems that are shown need it. */
  readonly todo: string | (() => string);
}

/**
 * A YAML document that is read node by node, so that every problem has a line and a column. Nothing is ever expanded:
 * an alias is a problem, not a copy, so a small file cannot become a large one.
 */
export class YamlFile {
  readonly root: Node | null;
  readonly #fileName: string;
  readonly #lines = new LineCounter();
  readonly #problems: Problem[] = [];

  constructor(text: string, fileName: string) {
    this.#fileName = oneLine(fileName);
    // logLevel 'error' and not 'silent': the latter also silences a second document in the file.
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' });
    const byCode = new Map([...document.warnings, ...document.errors].toReversed().map((e) => [e.code, e]));
    // Only the first structural error is worth a line: the parser's later errors follow from it.
    const broken = [...byCode.values()]
      .filter(({ code }) => !(code in SYNTAX_WORDS))
      .toSorted((a, b) => a.pos[0] - b.pos[0]);
    const known = [...byCode.values()].filter(({ code }) => code in SYNTAX_WORDS);
    for (const { pos, code, message } of [...known, ...broken.slice(0, 1)]) {
      const [found, expected, todo] = SYNTAX_WORDS[code] ?? brokenYaml(message);
      this.reject(pos[0], found, expected, todo);
    }
    this.root = this.sound && isNode(document.contents) ? document.contents : null;
  }

  /** false as soon as one problem was found. */
  get sound(): boolean {
    return this.#problems.length === 0;
  }

  /** The problems in the order of the file, one line each: `file:line:column: found; expected; what to do`. */
  get problems(): readonly string[] {
    const sorted = this.#problems.toSorted((a, b) => a.offset - b.offset);
    const shown = sorted.slice(0, MAX_PROBLEMS).map(({ offset, found, expected, todo }) => {
      const { line, col } = this.#lines.linePos(offset);
      const place = `${this.#fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
      return `${place}: found ${found}; expected ${expected}; ${typeof todo === 'string' ? todo : todo()}`;
    });
    const hidden = sorted.length - shown.length;
    return hidden > 0 ? [...shown, `${this.#fileName}: and ${hidden} more of the kind; correct these first`] : shown;
  }

  /** Records one problem; gives undefined, so that readers can return it. */
  reject(at: Node | number | null, found: string, expected: string, todo: Problem['todo']): undefined {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    this.#problems.push({ offset, found, expected, todo });
    return undefined;
  }

  /** The fields of a mapping. Unknown keys are problems; a value that is no mapping is one too. */
  fields(node: Node | null, known: readonly string[], what: string): ReadonlyMap<string, Field> {
    const all = this.entries(node, what);
    const fields = new Map<string, Field>();
    for (const [name, field] of all) {
      if (known.includes(name)) fields.set(name, field);
      else this.unknown(field.key, `the unknown key ${quote(name)}`, name, known);
    }
    return fields;
  }

  /** The entries of a mapping whose keys are names that the user chose. */
  entries(node: Node | null, what: string): ReadonlyMap<string, Field> {
    const entries = new Map<string, Field>();
    if (!isMap(node)) {
      this.reject(node, describe(node), what, 'write `key: value` lines');
      return entries;
    }
    for (const { key, value } of node.items) {
      const keyNode = isNode(key) ? key : node;
      if (!isScalar(keyNode) || typeof keyNode.value !== 'string') {
        this.reject(
          keyNode,
          `${describe(keyNode)} as a key`,
          'a name',
          'put the name in quotes if it looks like a number',
        );
      } else {
        entries.set(keyNode.value, { key: keyNode, value: isNode(value) ? value : null });
      }
    }
    return entries;
  }

  /** The items of a list; anything else is a problem and gives none. */
  items(node: Node | null, what: string): readonly Node[] {
    if (isSeq(node)) return node.items.filter((item) => isNode(item));
    this.reject(node, describe(node), what, 'write `- item` lines');
    return [];
  }

  /** A non-empty string in one line. */
  text(node: Node | null, what: string, maxLength: number): string | undefined {
    if (!isScalar(node) || typeof node.value !== 'string') {
      return this.reject(node, describe(node), what, 'write text; put it in quotes if it looks like something else');
    }
    const value = node.value.trim();
    if (value === '') return this.reject(node, 'empty text', what, 'write some or remove the key');
    // Control characters would reach terminals and tables.
    if (/\p{Cc}|[\u2028\u2029]/u.test(value)) {
      return this.reject(node, 'a line break or control character', what, 'write it in one line');
    }
    if (value.length > maxLength) {
      return this.reject(node, `${value.length} characters`, `${what} of at most ${maxLength}`, 'shorten it');
    }
    return value;
  }

  integer(node: Node | null, what: string, min: number, max: number): number | undefined {
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    const todo =
      typeof value === 'string' && /^\d+$/.test(value) ? 'remove the quotes' : 'write a whole number in that range';
    return this.reject(node, describe(node), `${what} from ${min} to ${max}`, todo);
  }

  boolean(node: Node | null, what: string): boolean | undefined {
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return this.reject(node, describe(node), `${what}, true or false`, 'write one of them without quotes');
  }

  oneOf<const Word extends string>(node: Node | null, words: readonly Word[], what: string): Word | undefined {
    const value = isScalar(node) ? node.value : null;
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const todo = suggestion(typeof value === 'string' ? value : '', words, 'choose one');
    return this.reject(node, describe(node), `${what}: ${words.join(', ')}`, todo);
  }

  /** Rejects a word that is none of the known ones, with the nearest of them as the suggestion. */
  unknown(at: Node, found: string, word: string, known: readonly string[]): undefined {
    const expected = known.length <= MAX_PROBLEMS ? `one of ${known.join(', ')}` : 'a name that the catalogue has';
    return this.reject(at, found, expected, suggestion(word, known, 'correct or remove it'));
  }
}

export function isText(node: Node | null): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string';
}

/** A node in the words of a message; user information is masked and long values are cut. */
export function describe(node: Node | null): string {
  if (node === null) return 'nothing';
  if (isAlias(node)) return 'an alias (these are not followed)';
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'nothing';
  const { value } = node;
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? numeral(value) : 'nothing';
}

/** Long numbers are quoted, as a secret or an address may be one. */
function numeral(value: number | boolean): string {
  const digits = String(value);
  return digits.length > LONGEST_NUMERAL ? quote(digits) : digits;
}

/** The value in double quotes, in one line, without user information. The sanitizer takes what stands in quotes for the words of others. */
export function quote(value: string): string {
  const masked = oneLine(maskUserinfo(value)).replaceAll('"', "'");
  return `"${masked.length > LONGEST_QUOTE ? `${masked.slice(0, LONGEST_QUOTE)}…` : masked}"`;
}

function brokenYaml(message: string): Words {
  return [`broken YAML (${quote(message)})`, 'one YAML 1.2 document', 'correct this place; indent with spaces'];
}

function suggestion(word: string, known: readonly string[], otherwise: string): () => string {
  return () => {
    const near = nearest(word, known);
    return near === null ? otherwise : `did you mean "${near}"?`;
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
