import { MORE, NOTHING_INSIDE, stripped, type Envelope, type Strip } from './envelope.ts';
import { firstText, jsonEnvelope, textAt } from './json-record.ts';

/** GELF 1.1: `short_message` is the line; `full_message` is there when it was cut. */
const GELF: Envelope = jsonEnvelope({
  id: 'gelf',
  name: 'GELF',
  take: (record) => {
    const short = textAt(record, 'short_message');
    if (short === null || textAt(record, 'version') === null) return null;
    const text = textAt(record, 'full_message') ?? short;
    return stripped(text, firstText(record, ['_container_name', '_application_name', '_program', '_facility']));
  },
});

const TEXT_COLUMNS = ['full_message', 'message', 'short_message', 'log', 'line'];
const SOURCE_COLUMNS = ['application_name', 'program', 'container_name', 'service'];
/** Records with lines of their own in them end within this. */
const RECORD_LIMIT = 1 << 18;

interface Columns {
  readonly delimiter: string;
  readonly count: number;
  readonly text: number;
  readonly source: number;
}

/** A table with a column for the line, as Graylog and others export search results (RFC 4180). */
const CSV: Envelope = {
  id: 'csv',
  name: 'CSV (an export of Graylog)',
  isWeak: false,
  applies: (lines) => lines.slice(0, 3).some((line) => columnsOf(line) !== null),
  open: (): Strip => {
    let columns: Columns | null = null;
    return (record) => {
      const header = columnsOf(record);
      if (header !== null) {
        columns = header;
        return NOTHING_INSIDE;
      }
      if (columns === null) return null;
      const cells = cellsOf(record, columns.delimiter);
      if (cells === null) return record.length < RECORD_LIMIT ? MORE : null;
      const text = cells.length === columns.count ? cells[columns.text] : undefined;
      return text === undefined ? null : stripped(text, cells[columns.source] ?? null);
    };
  },
};

function columnsOf(line: string): Columns | null {
  for (const delimiter of [',', ';', '\t']) {
    const names = cellsOf(line, delimiter)?.map((name) => name.trim().toLowerCase()) ?? [];
    const indexOf = (wanted: readonly string[]): number => {
      const name = wanted.find((each) => names.includes(each));
      return name === undefined ? -1 : names.indexOf(name);
    };
    if (names.length < 2 || !names.every((name) => /^[@_a-z][\w .@-]{0,63}$/.test(name))) continue;
    const text = indexOf(TEXT_COLUMNS);
    if (text >= 0) return { delimiter, count: names.length, text, source: indexOf(SOURCE_COLUMNS) };
  }
  return null;
}

/** null: a quoted cell is not closed. */
function cellsOf(record: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (record[at] === '"') {
      end = at + 1;
      for (;;) {
        end = record.indexOf('"', end);
        if (end < 0) return null;
        if (record[end + 1] !== '"') break;
        end += 2;
      }
      cells.push(record.slice(at + 1, end).replaceAll('""', '"'));
      end += 1;
    } else {
      const next = record.indexOf(delimiter, at);
      end = next < 0 ? record.length : next;
      cells.push(record.slice(at, end));
    }
    if (end >= record.length) return cells;
    // Text between a closing quote and the delimiter is no valid CSV; it is taken as the cell's end.
    const next = record.indexOf(delimiter, end);
    if (next < 0) return cells;
    at = next + 1;
  }
}

export const GRAYLOG: readonly Envelope[] = [GELF, CSV];
