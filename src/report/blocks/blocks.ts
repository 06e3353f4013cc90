/**
 * The parts of a report in every format: the view makes sections of a few kinds of blocks, and a format draws each kind.
 * Nothing is computed while drawing.
 */

import type { Stage } from '../../core/model/outcome.ts';
import type { Invocation } from './invocation.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain';
export type Mark = 'good' | 'bad' | 'harmless' | 'warn' | 'undecided';

/** A host name, an id, a path or an address among words: some formats set it apart. */
export interface Value {
  readonly value: string;
}
export type Text = string | readonly (string | Value)[];

export interface Section {
  /** null: it needs none, because its facts have labels. */
  readonly title: string | null;
  readonly tone?: Tone;
  /** Stands before the title. */
  readonly mark?: Mark;
  /** Small print at the end of the title's line. */
  readonly aside?: string;
  /** Stands beside the title. */
  readonly result?: { readonly text: Text; readonly tone?: Tone };
  /** The section's result, said beside the title only where the section is folded away. */
  readonly gist?: string;
  /** `folded` where the format can fold; `small`: small print. */
  readonly place: 'open' | 'folded' | 'small';
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'notes'; readonly notes: readonly Text[] }
  | { readonly kind: 'code'; readonly language: string; readonly lines: readonly string[] }
  | { readonly kind: 'table'; readonly table: Table };

/** Labels stand in one column, their texts in another. */
export interface Fact {
  readonly label: Text;
  readonly tone?: Tone;
  readonly text: Text;
  readonly mark?: Mark;
  /** Further lines about the same. */
  readonly more?: readonly { readonly text: Text; readonly mark?: Mark }[];
}

export interface Item {
  readonly text: Text;
  readonly mark?: Mark;
  /** Follows the text on its line where there is room. */
  readonly detail?: Text;
  readonly more?: readonly Text[];
}

/** Numbered by the format. */
export interface Step {
  readonly text: Text;
  readonly commands: readonly string[];
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** The longest of its waterfalls: all are drawn to one scale. */
  readonly scaleMs?: number;
}

export interface Row {
  readonly mark: Mark;
  readonly cells: readonly Cell[];
  /** Said below the row. */
  readonly note?: { readonly text: string; readonly tone: Tone };
}

export interface Cell {
  readonly text: string;
  /** Stands in for the text where room is scarce. */
  readonly short?: string;
  /** A time or a count on the right, which is left out first. */
  readonly figure?: string;
  readonly tone?: Tone;
  readonly isValue?: boolean;
  /** How the time was spent, for formats that draw. */
  readonly waterfall?: readonly Bar[];
}

/** A stage of an attempt. */
export interface Bar {
  readonly stage: Stage;
  readonly ms: number;
  readonly ok: boolean;
}

export interface Column {
  readonly title: string;
  /** Stands in for the title where room is scarce. */
  readonly short?: string;
  /** How formats with a limited width divide it. */
  readonly room: {
    /** Columns with a higher number give way first. */
    readonly shrink: number;
    /** All columns are cut to this width before one is cut further. */
    readonly comfortable: number;
    readonly min: number;
    /** Only for the first column: its cells are never cut. */
    readonly whole?: boolean;
    /** With less width in all, the column is left out. */
    readonly from?: number;
  };
}

/** Selects how much of a report is told; a page that folds tells more. */
export interface ViewOptions {
  /** Every row and cause; otherwise only the answer, unless the medium folds. */
  readonly all: boolean;
  readonly verbose: boolean;
  readonly invocation: Invocation;
  /** `terminal`: nothing folds. `page`: long parts fold, so that a page holds all of them. */
  readonly medium: 'terminal' | 'page';
}

/** Whether long parts are cut short. */
export function isBrief({ verbose, medium }: ViewOptions): boolean {
  return !verbose && medium === 'terminal';
}

/** A text with values in it: `` text`${value(host)} is denied` ``. */
export function text(words: TemplateStringsArray, ...given: readonly (Text | Value)[]): Text {
  return words.flatMap((word, i) => {
    const piece = given[i];
    const pieces = piece === undefined ? [] : typeof piece === 'string' || 'value' in piece ? [piece] : piece;
    return [word, ...pieces].filter((each) => each !== '');
  });
}

export function value(plain: string): Value {
  return { value: plain };
}

/** Values with something between them. */
export function values(plain: readonly string[], separator = ', '): Text {
  return plain.flatMap((each, i) => (i === 0 ? [value(each)] : [separator, value(each)]));
}

/** The text without the marks that set values apart. */
export function plainText(rich: Text): string {
  return typeof rich === 'string'
    ? rich
    : rich.map((piece) => (typeof piece === 'string' ? piece : piece.value)).join('');
}

// Without content there is no block, and without blocks no section, so that the parts of a report are put together without asking.

export function facts(own: readonly Fact[]): readonly Block[] {
  return own.length === 0 ? [] : [{ kind: 'facts', facts: own }];
}

export function list(items: readonly Item[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

export function notes(own: readonly Text[]): readonly Block[] {
  return own.length === 0 ? [] : [{ kind: 'notes', notes: own }];
}

export function section(own: Section): readonly Section[] {
  return own.blocks.length === 0 ? [] : [own];
}
