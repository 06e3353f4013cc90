import {
  notes,
  plainText,
  type Block,
  type Cell,
  type Fact,
  type Item,
  type Mark,
  type Row,
  type Section,
  type Step,
  type Text,
} from '../blocks/blocks.ts';
import { counted } from '../blocks/times.ts';

/** How much of a report is kept where all of it is too long for its place. */
export interface Room {
  /** Rows, entries or lines of one block, and further lines of one entry. */
  readonly entries: number;
  /** Characters of one text. */
  readonly characters: number;
}

/** The same sections with fewer entries; each place that lost some says how many. */
export function shorten(sections: readonly Section[], room: Room): readonly Section[] {
  return sections.map((section): Section => {
    const { title, aside, result, gist, blocks, ...rest } = section;
    return {
      ...rest,
      title: title === null ? null : clip(title, room),
      ...(aside === undefined ? {} : { aside: clip(aside, room) }),
      ...(gist === undefined ? {} : { gist: clip(gist, room) }),
      ...(result === undefined ? {} : { result: { ...result, text: clipText(result.text, room) } }),
      blocks: blocks.flatMap((block) => shortenBlock(block, room)),
    };
  });
}

function shortenBlock(block: Block, room: Room): readonly Block[] {
  switch (block.kind) {
    case 'facts': {
      const { kept, rest } = pick(block.facts, room);
      return withRest([{ kind: 'facts', facts: kept.map((fact) => shortenFact(fact, room)) }], kept, rest);
    }
    case 'list': {
      const { kept, rest } = pick(block.items, room);
      return withRest([{ kind: 'list', items: kept.map((item) => shortenItem(item, room)) }], kept, rest);
    }
    case 'table': {
      const { kept, rest } = pick(block.table.rows, room);
      const rows = kept.map((row) => shortenRow(row, room));
      return withRest([{ kind: 'table', table: { ...block.table, rows } }], kept, rest);
    }
    case 'steps': {
      const kept = block.steps.slice(0, room.entries);
      const steps = kept.map((step) => shortenStep(step, room));
      return withRest([{ kind: 'steps', steps }], kept, block.steps.length - kept.length);
    }
    case 'notes': {
      const kept = block.notes.slice(0, room.entries).map((note) => clipText(note, room));
      return withRest([{ kind: 'notes', notes: kept }], kept, block.notes.length - kept.length);
    }
    case 'code': {
      const kept = block.lines.slice(0, room.entries).map((line) => clip(line, room));
      return withRest([{ ...block, lines: kept }], kept, block.lines.length - kept.length);
    }
  }
}

function withRest(blocks: readonly Block[], kept: readonly unknown[], rest: number): readonly Block[] {
  return [...(kept.length === 0 ? [] : blocks), ...notes(rest === 0 ? [] : [leftOut(rest)])];
}

function leftOut(count: number): string {
  return `${count} more left out here`;
}

/** Failures are kept before the rest; the order stays. */
const RANK: Readonly<Record<Mark, number>> = { bad: 0, warn: 1, undecided: 2, good: 3, harmless: 3 };

function pick<T extends { readonly mark?: Mark }>(all: readonly T[], { entries }: Room): { kept: T[]; rest: number } {
  const ranked = all
    .map((entry, index) => ({ entry, index, rank: RANK[entry.mark ?? 'good'] }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, entries)
    .toSorted((a, b) => a.index - b.index);
  return { kept: ranked.map(({ entry }) => entry), rest: all.length - ranked.length };
}

function shortenFact({ label, text, more, ...rest }: Fact, room: Room): Fact {
  const lines = further(more, room);
  return { ...rest, label: clipText(label, room), text: clipText(text, room), ...(lines && { more: lines }) };
}

function further(more: Fact['more'], room: Room): Fact['more'] {
  if (more === undefined) return undefined;
  const { kept, rest } = pick(more, room);
  const lines = kept.map((line) => ({ ...line, text: clipText(line.text, room) }));
  return rest === 0 ? lines : [...lines, { text: leftOut(rest) }];
}

/** Entries that have room enough stay the same objects, so that they need not be drawn again. */
function shortenItem(item: Item, room: Room): Item {
  const { text, detail, more, ...rest } = item;
  const fits = (each: Text): boolean => plainText(each).length <= room.characters;
  if ([text, detail ?? '', ...(more ?? [])].every(fits) && (more?.length ?? 0) <= room.entries) return item;
  const lines = further(
    more?.map((line) => ({ text: line })),
    room,
  );
  return {
    ...rest,
    text: clipText(text, room),
    ...(detail === undefined ? {} : { detail: clipText(detail, room) }),
    ...(lines && { more: lines.map((line) => line.text) }),
  };
}

/** A command that is cut would do something else, so it is left out whole. */
function shortenStep({ text, commands }: Step, room: Room): Step {
  const kept = commands
    .filter((command) => command.length <= Math.max(room.characters, COMMAND))
    .slice(0, room.entries);
  const rest = commands.length - kept.length;
  const words = clipText(text, room);
  return {
    text: rest === 0 ? words : [...pieces(words), ` (${counted(rest, 'command')} left out here)`],
    commands: kept,
  };
}

/** Commands of this length are kept even where texts are cut shorter. */
const COMMAND = 300;

function shortenRow(row: Row, room: Room): Row {
  const { cells, note, ...rest } = row;
  if (cells.every(({ text }) => text.length <= room.characters) && (note?.text.length ?? 0) <= room.characters)
    return row;
  return {
    ...rest,
    cells: cells.map((cell): Cell => ({ ...cell, text: clip(cell.text, room) })),
    ...(note === undefined ? {} : { note: { ...note, text: clip(note.text, room) } }),
  };
}

function clip(text: string, { characters }: Room): string {
  const rest = text.length - characters;
  return rest <= 0 ? text : `${text.slice(0, characters)}… (${counted(rest, 'character')} left out)`;
}

function clipText(text: Text, room: Room): Text {
  return plainText(text).length <= room.characters ? text : clip(plainText(text), room);
}

function pieces(text: Text): Exclude<Text, string> {
  return typeof text === 'string' ? [text] : text;
}
