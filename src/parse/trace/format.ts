/** The place of a field in the records of an event. */
export interface Field {
  readonly offset: number;
  readonly bytes: number;
}

/** One kind of event, as `events/GROUP/NAME/format` of tracefs describes it: offsets and widths differ between kernels. */
export interface EventFormat {
  readonly id: number;
  readonly fields: ReadonlyMap<string, Field>;
}

/** Reads a format file; null when it names no id. Lines that describe no field are left out. */
export function parseEventFormat(text: string): EventFormat | null {
  const id = /^ID: (\d+)$/m.exec(text)?.[1];
  return id === undefined ? null : { id: Number(id), fields: parseFields(text) };
}

/** How the ring buffer lays out its pages, as `events/header_page` says. */
export interface PageLayout {
  /** Width of the word with the length of the data: that of `long`. */
  readonly wordBytes: number;
  readonly commitOffset: number;
  readonly dataOffset: number;
  readonly pageBytes: number;
}

export function parsePageLayout(text: string): PageLayout | null {
  const fields = parseFields(text);
  const [commit, data] = [fields.get('commit'), fields.get('data')];
  if (commit === undefined || data === undefined) return null;
  return {
    wordBytes: commit.bytes,
    commitOffset: commit.offset,
    dataOffset: data.offset,
    pageBytes: data.offset + data.bytes,
  };
}

/** `field:__u8 saddr[4]; offset:32; size:4; signed:0;`, between tabs. */
function parseFields(text: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [, name = '', offset, size] of text.matchAll(
    /^\s*field:[^;\n]*?(\w+)(?:\[[^\]\n]*\])?;\s*offset:(\d+);\s*size:(\d+);/gm,
  )) {
    fields.set(name, { offset: Number(offset), bytes: Number(size) });
  }
  return fields;
}
