import { Unwrapper, type Envelope } from '../../../parse/envelope/index.ts';
import { HEAD_BYTES, type ContentReader, type Opening, type ReadContent } from './format.ts';
import type { Fed } from './notes.ts';
import type { Records } from '../join/records.ts';

/** Programs in one file that are kept apart; the lines of further ones are counted together. */
const SOURCES_LIMIT = 500;
/** Programs that are named when their lines are left out. */
const NAMES_SHOWN = 4;
const FLUSH_LENGTH = 64 * 1024;
const REST = 'others';

/** Finds the reader for the bytes of one program, raw ones still in their envelope; null: they are of no known kind. */
export type OpenMember = (bytes: Uint8Array, member: string | null, usesRaw: boolean) => Opening | null;

/** Takes lines out of their envelope and hands those of each program to a reader of their kind. */
export class WrappedReader implements ContentReader {
  readonly #envelope: Envelope;
  readonly #open: OpenMember;
  readonly #unwrapper: Unwrapper;
  readonly #members = new Map<string | null, Member>();

  constructor(envelope: Envelope, open: OpenMember) {
    this.#envelope = envelope;
    this.#open = open;
    this.#unwrapper = new Unwrapper(envelope, (text, source, raw) => this.#memberOf(source).add(text, raw));
  }

  #memberOf(source: string | null): Member {
    const known = this.#members.get(source);
    if (known) return known;
    const name = this.#members.size < SOURCES_LIMIT ? source : REST;
    const made = this.#members.get(name) ?? new Member(name, this.#open);
    this.#members.set(name, made);
    return made;
  }

  push(chunk: Uint8Array): void {
    this.#unwrapper.push(chunk);
  }

  end(fed: Fed): readonly ReadContent[] {
    this.#unwrapper.end();
    const members = [...this.#members.values()];
    const contents = members.flatMap((member) => member.end({ ...fed, remarks: [] }));
    const taken = contents.filter(({ note }) => note.state !== 'not-read');
    const remarks = [`stripped: ${this.#envelope.name}`, ...leftOut(members), ...fed.remarks];
    const problems = fed.trouble === null ? [] : [fed.trouble];
    const [only, ...others] = taken;
    if (only === undefined) {
      const refusals = contents.flatMap(({ note }) => note.problems);
      const why = refusals.length === 0 ? 'no log of PMS or of a proxy is in it' : refusals.join('; ');
      return [content('wrapped', 'not-read', [...problems, why], remarks)];
    }
    if (others.length === 0) return [alone(only, remarks)];
    return [...taken, content('wrapped', problems.length === 0 ? 'read' : 'partly', problems, remarks)];
  }
}

function content(
  kind: string,
  state: ReadContent['note']['state'],
  problems: readonly string[],
  remarks: readonly string[],
): ReadContent {
  return { member: null, kind, note: { state, problems, remarks }, records: {} };
}

/** The only log of a file is known by the file's name. */
function alone({ kind, note, records }: ReadContent, remarks: readonly string[]): ReadContent {
  const { accessLogs = [], ...rest } = records;
  const named: Partial<Records> = { ...rest, accessLogs: accessLogs.map((log) => ({ ...log, member: null })) };
  return { member: null, kind, note: { ...note, remarks: [...remarks, ...note.remarks] }, records: named };
}

function leftOut(members: readonly Member[]): readonly string[] {
  const left = members.filter(({ isLeftOut }) => isLeftOut).sort((a, b) => b.lines - a.lines);
  const lines = left.reduce((sum, member) => sum + member.lines, 0);
  if (lines === 0) return [];
  const named = left.flatMap(({ name }) => name ?? []);
  const names = named.slice(0, NAMES_SHOWN).join(', ') + (named.length > NAMES_SHOWN ? ', …' : '');
  const whose = names === '' ? '' : ` (${names})`;
  return [`${lines} ${lines === 1 ? 'line is' : 'lines are'} of no log of PMS or of a proxy${whose}: left out`];
}

interface Decision {
  /** null: no reader takes the lines. */
  readonly reader: ContentReader | null;
  /** The lines are read as they came, in their envelope. */
  readonly usesRaw: boolean;
  /** Description of lines that cannot be read; null: they are of no known kind. */
  readonly why: string | null;
}

/** The lines of one program. The first of them decide their kind. */
class Member {
  readonly name: string | null;
  readonly #open: OpenMember;
  #texts: string[] = [];
  #raws: string[] = [];
  #length = 0;
  #lines = 0;
  #decided: Decision | null = null;

  constructor(name: string | null, open: OpenMember) {
    this.name = name;
    this.#open = open;
  }

  get lines(): number {
    return this.#lines;
  }

  get isLeftOut(): boolean {
    return this.#decided?.reader === null && this.#decided.why === null;
  }

  add(text: string, raw: string): void {
    this.#lines += 1;
    if (this.#decided !== null && this.#decided.reader === null) return;
    if (this.#decided?.usesRaw !== true) this.#texts.push(text);
    if (this.#decided === null || this.#decided.usesRaw) this.#raws.push(raw);
    this.#length += text.length + 1;
    if (this.#length >= (this.#decided === null ? HEAD_BYTES : FLUSH_LENGTH)) this.#flush();
  }

  end(fed: Fed): readonly ReadContent[] {
    this.#flush();
    if (this.#decided?.reader)
      return this.#decided.reader.end(fed).map((each) => ({ ...each, member: this.#path(each) }));
    const why = this.#decided?.why ?? null;
    return why === null ? [] : [content('wrapped', 'not-read', [why], [])];
  }

  /** Prefixed with the name of the inner log, when there are several. */
  #path({ member }: ReadContent): string | null {
    return this.name === null || member === null || member === this.name
      ? (this.name ?? member)
      : `${this.name}/${member}`;
  }

  #flush(): void {
    this.#decided ??= this.#decide();
    const { reader, usesRaw } = this.#decided;
    const lines = usesRaw ? this.#raws : this.#texts;
    if (reader !== null && lines.length > 0) reader.push(bytesOf(lines));
    this.#texts = [];
    this.#raws = [];
    this.#length = 0;
  }

  /** Some programs' own format equals the envelope: then the lines are read as they came. */
  #decide(): Decision {
    let why: string | null = null;
    for (const usesRaw of [false, true]) {
      const opening = this.#open(bytesOf(usesRaw ? this.#raws : this.#texts), this.name, usesRaw);
      if (opening?.kind === 'read') return { reader: opening.reader, usesRaw, why: null };
      if (opening?.kind === 'refuse' || opening?.kind === 'leave') why ??= opening.why;
    }
    return { reader: null, usesRaw: false, why };
  }
}

function bytesOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}
