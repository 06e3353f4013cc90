import type { HelpPage, Row } from './model.ts';

const INDENT = 2;
const GAP = 2;
/** Longer ones get a line of their own, so that the column of the meanings stays wide. */
const LONGEST_BESIDE = 25;

/** Draws a page of help as plain text, no line longer than `width`. */
export function drawHelp({ usage, about, sections }: HelpPage, width: number): string {
  const blocks = sections.map(({ title, rows }) => `${title}:\n${drawRows(rows, width)}`);
  return `${[wrap(`Usage: ${usage}`, width, '', '  '), wrap(about, width), ...blocks].join('\n\n')}\n`;
}

function drawRows(rows: readonly Row[], width: number): string {
  const beside = Math.max(0, ...rows.map(([typed]) => typed.length).filter((length) => length <= LONGEST_BESIDE));
  const indent = ' '.repeat(INDENT + (beside === 0 ? GAP : beside + GAP));
  return rows.map(([typed, does]) => drawRow(typed, does, indent, width)).join('\n');
}

function drawRow(typed: string, does: string, indent: string, width: number): string {
  const left = `${' '.repeat(INDENT)}${typed}`;
  if (left.length + GAP > indent.length) return `${wrap(left, width, '', `${indent}  `)}\n${wrap(does, width, indent)}`;
  return wrap(does, width, left.padEnd(indent.length), indent);
}

/** Breaks at blanks. */
function wrap(text: string, width: number, first = '', indent = first): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/(?<=\S) /)) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
