import { EntryList, type LoggedRequest } from './entry-list.ts';
import type { AccessEntry } from './entry.ts';
import { LineCutter } from './lines.ts';
import type {
  AcceptsName,
  AccessLogOptions,
  AccessLogParser,
  AccessLogSummary,
  ClientCount,
  UnreadLines,
} from './parser.ts';
import { textOf } from './text.ts';

interface Described {
  readonly name: string;
  /** The rule that a line must follow, told for the first that cannot be read. */
  readonly rule: string;
  readonly remarks: readonly string[];
}

/** Cuts a log into lines, and counts those that were read, those that were not, and the time that they cover. */
export abstract class LineReader implements AccessLogParser {
  readonly #described: Described;
  readonly #entries: EntryList;
  readonly #lines = new LineCutter((bytes, from, end, number) => this.#line(textOf(bytes, from, end), number));
  #lineCount = 0;
  #unreadCount = 0;
  #firstUnread: UnreadLines['first'] = null;
  #firstMs: number | null = null;
  #lastMs: number | null = null;

  constructor(described: Described, options: AccessLogOptions) {
    this.#described = described;
    this.#entries = new EntryList(options);
  }

  /** The time of the line, which may be unknown (null); undefined: it is none of this format. */
  protected abstract take(line: string): number | null | undefined;

  /** After the last line: adds the requests that are still open. */
  protected finish(): void {}

  protected add(request: LoggedRequest): void {
    this.#entries.add(request);
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): AccessLogSummary {
    this.#lines.end();
    this.finish();
    return {
      format: this.#described.name,
      lines: this.#lineCount,
      unread: { count: this.#unreadCount, first: this.#firstUnread },
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      clients: this.#entries.clients,
      notKept: this.#entries.notKept,
      remarks: this.#described.remarks,
      namesHosts: true,
      guess: null,
    };
  }

  entries(clients: readonly string[] | null = null, accepts: AcceptsName | null = null): readonly AccessEntry[] {
    return this.#entries.entries(clients, accepts);
  }

  clientsSeen(): readonly ClientCount[] {
    return this.#entries.clientsSeen();
  }

  #line(line: string, number: number): void {
    this.#lineCount += 1;
    const ms = this.take(line);
    if (ms === undefined) {
      this.#unreadCount += 1;
      this.#firstUnread ??= { line: number, column: 1, rule: this.#described.rule };
    } else if (ms !== null) {
      this.#firstMs = Math.min(this.#firstMs ?? ms, ms);
      this.#lastMs = Math.max(this.#lastMs ?? ms, ms);
    }
  }
}
