import { MORE, type Envelope, type Strip, type Stripped } from './envelope.ts';
import { isJournalSeparator } from './journal.ts';
import { withoutMark } from './one-line.ts';

/** Longer lines are taken in pieces. A log that was pasted into one line has some megabytes. */
const LINE_LIMIT = 8 << 20;
/** Records of one line that came in pieces are joined up to this. */
const PIECES_LIMIT = 1 << 20;
const SOURCES_LIMIT = 1024;
/** Lines of one record, and how often a record may turn out to be none: each try costs its whole length. */
const RECORD_LINES_LIMIT = 500;
const VAIN_RECORDS_LIMIT = 50;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/**
 * A line out of its envelope, as Latin-1. `raw` is the line as it came: some programs' own format is that of an envelope.
 */
export type TakeUnwrapped = (text: string, source: string | null, raw: string) => void;

export interface UnwrapCounts {
  /** Lines that were in the envelope. */
  readonly stripped: number;
  /** Lines without it: the further lines of what stands before them, as a rule. */
  readonly bare: number;
}

/** Takes the lines of a stream out of one envelope, in chunks of any size. Never throws; memory is bounded. */
export class Unwrapper {
  readonly #strip: Strip;
  readonly #take: TakeUnwrapped;
  /** The beginning of a line whose end has not come yet. */
  #carry = '';
  #isFirst = true;
  /** Lines of a record that goes on. */
  #open: string[] = [];
  /** Texts that go on in the next record, by source. */
  readonly #pieces = new Map<string | null, string>();
  #vainRecords = 0;
  #lastSource: string | null = null;
  #stripped = 0;
  #bare = 0;

  constructor(envelope: Envelope, take: TakeUnwrapped) {
    this.#strip = envelope.open();
    this.#take = take;
  }

  get counts(): UnwrapCounts {
    return { stripped: this.#stripped, bare: this.#bare };
  }

  push(chunk: Uint8Array): void {
    const text = this.#carry + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const lines = text.split('\n');
    this.#carry = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
    if (this.#carry.length > LINE_LIMIT) {
      this.#line(this.#carry);
      this.#carry = '';
    }
  }

  end(): void {
    if (this.#carry !== '') this.#line(this.#carry);
    this.#carry = '';
    this.#giveUp();
    for (const [source, text] of this.#pieces) this.#emit(text, source, text);
    this.#pieces.clear();
  }

  #line(given: string): void {
    const line = this.#cleaned(given);
    if (line === '' && this.#open.length === 0) return;
    const alone = this.#strip(line);
    if (alone !== null && alone !== MORE) {
      this.#giveUp();
      this.#record(alone, line);
    } else if (this.#open.length > 0) this.#goOn(line);
    else if (alone === MORE && this.#vainRecords < VAIN_RECORDS_LIMIT) this.#open = [line];
    else this.#bareLine(line);
  }

  #goOn(line: string): void {
    this.#open.push(line);
    const record = this.#open.join('\n');
    const whole = this.#strip(record);
    if (whole === MORE && this.#open.length < RECORD_LINES_LIMIT) return;
    if (whole === null || whole === MORE) return this.#giveUp();
    this.#open = [];
    this.#record(whole, record);
  }

  #cleaned(line: string): string {
    const begun = this.#isFirst && line.startsWith(BYTE_ORDER_MARK) ? line.slice(BYTE_ORDER_MARK.length) : line;
    this.#isFirst = false;
    return begun.endsWith('\r') ? begun.slice(0, -1) : begun;
  }

  /** Hands over the held lines one by one, because they turned out to be no record. */
  #giveUp(): void {
    const lines = this.#open;
    if (lines.length === 0) return;
    this.#open = [];
    this.#vainRecords += 1;
    for (const line of lines) this.#bareLine(line);
  }

  #bareLine(line: string): void {
    if (line === '' || isJournalSeparator(line)) return;
    this.#bare += 1;
    // People mark some lines of what they paste in another way than the rest.
    this.#emit(withoutMark(line), this.#lastSource, line);
  }

  #record({ text, source, continues }: Stripped, raw: string): void {
    this.#stripped += 1;
    if (text === null) return;
    this.#lastSource = source;
    const begun = this.#pieces.get(source);
    const whole = begun === undefined ? text : begun + text;
    if (continues && whole.length < PIECES_LIMIT && this.#pieces.size < SOURCES_LIMIT) {
      this.#pieces.set(source, whole);
      return;
    }
    this.#pieces.delete(source);
    this.#emit(whole, source, raw);
  }

  #emit(text: string, source: string | null, raw: string): void {
    if (!text.includes('\n')) return this.#take(text, source, raw);
    for (const line of text.split(/\r?\n/)) if (line !== '') this.#take(line, source, raw);
  }
}
