import type { CaptureSummary } from '../../../parse/capture/index.ts';
import type { ReadFile } from '../join/records.ts';

/** State of a file's bytes as they were read. */
export interface Fed {
  /** The trouble that ended the reading early. */
  readonly trouble: string | null;
  /** Changes of the file meanwhile. */
  readonly remarks: readonly string[];
  /** The last line has no end: a file that is written to is rarely found between two lines. */
  readonly endsInLine: boolean;
}

export interface Note {
  readonly state: ReadFile['state'];
  /** Parts that were not read, one sentence each. */
  readonly problems: readonly string[];
  /** Further notes for the user, one sentence each. */
  readonly remarks: readonly string[];
}

/** For the list of files; null when there is nothing to say. */
export function textOfNote({ problems, remarks }: Note): string | null {
  return problems.length + remarks.length === 0 ? null : [...problems, ...remarks].join('; ');
}

/** Problems of one file, at most this many in detail. */
const PROBLEMS_SHOWN = 3;

interface ReadLines {
  readonly lines: number;
  readonly unread: {
    readonly count: number;
    readonly first: { readonly line: number; readonly column?: number; readonly rule: string } | null;
  };
  readonly notKept: number;
}

export function noteOfLines(read: ReadLines, fed: Fed): Note {
  const { lines, notKept } = read;
  const problems = fed.trouble === null ? [] : [fed.trouble];
  const { count, first } = read.unread;
  const isCutEnd = fed.endsInLine && count === 1 && first?.line === lines && lines > 1;
  if (first !== null && !isCutEnd) {
    const place = first.column === undefined ? `line ${first.line}` : `line ${first.line}, column ${first.column}`;
    problems.push(`${count} of ${lines} lines could not be read; the first is ${place}: ${first.rule}`);
  }
  if (notKept > 0)
    problems.push(
      `${notKept} lines for other hosts than plex.tv were read but not kept, since too many differ: --client ADDRESS keeps more of one client`,
    );
  return noteOf(problems, fed.remarks, count < lines);
}

export function noteOfCapture(summary: CaptureSummary, { trouble, remarks }: Fed): Note {
  const { packets, snapped, snapBytes, filters, connectionsNotKept, hellosNotKept, dnsNotKept } = summary;
  const problems = [...(trouble === null ? [] : [trouble]), ...problemsOf(summary)];
  if (packets === 0) problems.push('it holds no packets');
  if (snapped > 0) {
    problems.push(
      `${snapped} of ${packets} packets are cut by the snap length${snapBytes === null ? '' : ` (${snapBytes} bytes)`}: names may be missing (capture with "tcpdump -s 0")`,
    );
  }
  if (connectionsNotKept > 0) {
    problems.push(
      `${connectionsNotKept} connections were not kept, with ${hellosNotKept} names: split the capture by time`,
    );
  }
  if (dnsNotKept > 0) problems.push(`${dnsNotKept} DNS questions were not kept`);
  const filtered = filters.map((filter) => `captured with the filter "${filter}": what it left out is not in it`);
  return noteOf(problems, [...filtered, ...remarks], packets > summary.notRead);
}

function problemsOf({ problems }: CaptureSummary): readonly string[] {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ offset, rule }) => `${rule} (byte ${offset})`);
  const rest = problems.length - shown.length;
  return rest > 0 ? [...shown, `${rest} more problems of the same file`] : shown;
}

function noteOf(problems: readonly string[], remarks: readonly string[], somethingRead: boolean): Note {
  const state = problems.length === 0 ? 'read' : somethingRead ? 'partly' : 'not-read';
  return { state, problems, remarks };
}
