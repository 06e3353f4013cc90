import { codeAt, type Slot } from './codes.ts';
import { compileTime, DEFAULT_TIME, type TimeFormat } from './strftime.ts';

/** How the value is escaped (src/format/Format.cc, src/format/Quoting.cc). `none`: whatever the code itself does. */
export type Quoting = 'none' | 'quotes' | 'brackets' | 'url' | 'shell' | 'raw';

export interface FormatField {
  readonly kind: 'field';
  /** As in the documentation, without `http::`: `>a`, `ssl::>sni`. */
  readonly code: string;
  readonly argument: string | null;
  readonly quoting: Quoting;
  readonly leftAligned: boolean;
  readonly zeroPadded: boolean;
  readonly minWidth: number;
  /** null: no limit. Numbers are not cut, except that it sets the digits of a subsecond time. */
  readonly maxWidth: number | null;
  /** The use of the value; null for a field that is skipped. */
  readonly slot: Slot | null;
  /** The value can hold spaces that are not escaped. */
  readonly spaced: boolean;
  readonly time: TimeFormat | null;
}

export interface FormatLiteral {
  readonly kind: 'literal';
  readonly text: string;
}

export interface SquidFormat {
  /** The name behind `logformat`; null when only the codes were given. */
  readonly name: string | null;
  /** The codes as given. */
  readonly line: string;
  /** Literals are never next to each other. */
  readonly parts: readonly (FormatField | FormatLiteral)[];
}

export type FormatResult =
  | { readonly kind: 'complete'; readonly format: SquidFormat }
  | { readonly kind: 'malformed'; readonly offset: number; readonly rule: string };

/** Squid reads its configuration in lines of at most this many bytes (src/cache_cf.cc). */
const FORMAT_LIMIT = 65_536;
/** More codes than this are no log format; the search for a reading of a line descends one level for each. */
const FIELD_LIMIT = 256;
/** No real format has wider columns, and a search would start that far behind. */
const WIDTH_LIMIT = 4096;

const FLAGS: Readonly<Record<string, Quoting>> = {
  '"': 'quotes',
  '[': 'brackets',
  '#': 'url',
  '/': 'shell',
  "'": 'raw',
};

/** `%["[#/'][-][0][min][.max][{argument}]code[{argument}]`, as src/format/Token.cc reads it. */
const MODIFIERS = /(["[#/'])?(-)?(0)?(\d{1,5})?(?:\.(\d{1,5})?)?/y;

/**
 * Compiles a `logformat NAME CODES` line of squid.conf, or the codes alone. Codes that are well-formed but unknown become fields
 * that are passed over. Offsets count from the start of `line`.
 */
export function compileFormat(line: string): FormatResult {
  if (line.length > FORMAT_LIMIT) return malformed(FORMAT_LIMIT, `a format has at most ${FORMAT_LIMIT} characters`);
  const head = /^\s*logformat(?:\s+(\S+))?\s*/.exec(line);
  const start = head?.[0].length ?? /^\s*/.exec(line)?.[0].length ?? 0;
  if (head && head[1] === undefined) return malformed(start, 'squid.conf logformat: a name, then the codes');
  const codes = line.slice(start).trimEnd();
  const parts: (FormatField | FormatLiteral)[] = [];
  let quoting: Quoting = 'none';
  let at = 0;
  while (at < codes.length) {
    if (codes[at] !== '%') {
      const next = codes.indexOf('%', at);
      const text = codes.slice(at, next < 0 ? codes.length : next);
      quoting = quotingAfter(text, quoting);
      addLiteral(parts, text);
      at += text.length;
      continue;
    }
    const field = fieldAt(codes, at + 1, quoting);
    if ('rule' in field) return malformed(start + field.offset, field.rule);
    if (parts.length >= 2 * FIELD_LIMIT) return malformed(start + at, `a format has at most ${FIELD_LIMIT} codes`);
    if (field.part) parts.push(field.part);
    else addLiteral(parts, '%');
    at = field.end;
  }
  if (!parts.some(({ kind }) => kind === 'field')) {
    return malformed(start, 'squid.conf logformat: there is no % code in it');
  }
  const touching = touchingFields(parts);
  if (touching)
    return malformed(start, `%${touching[0]} and %${touching[1]} touch: nothing tells where the first ends`);
  return { kind: 'complete', format: { name: head?.[1] ?? null, line: codes, parts } };
}

function malformed(offset: number, rule: string): FormatResult {
  return { kind: 'malformed', offset, rule };
}

/** Two fields without text between them of which one is needed. Only times are read then, by their fixed number of digits. */
function touchingFields(parts: SquidFormat['parts']): readonly [string, string] | null {
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (part.kind !== 'field' || next?.kind !== 'field') continue;
    if (part.slot === 'seconds' || (part.slot === 'subsecond' && part.zeroPadded && part.minWidth > 0)) continue;
    if (part.slot !== null || next.slot !== null) return [part.code, next.code];
  }
  return null;
}

function addLiteral(parts: (FormatField | FormatLiteral)[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === 'literal') parts[parts.length - 1] = { kind: 'literal', text: last.text + text };
  else parts.push({ kind: 'literal', text });
}

/** Quotes and brackets in the text between codes set the escaping of the codes within them (Token::parse). */
function quotingAfter(text: string, before: Quoting): Quoting {
  let quoting = before;
  for (const character of text) {
    if (character === '"' && quoting === 'none') quoting = 'quotes';
    else if (character === '"' && quoting === 'quotes') quoting = 'none';
    else if (character === '[' && quoting === 'none') quoting = 'brackets';
    else if (character === ']' && quoting === 'brackets') quoting = 'none';
  }
  return quoting;
}

type FieldResult =
  | { readonly part: FormatField | null; readonly end: number }
  | { readonly offset: number; readonly rule: string };

/** The field whose `%` is before `from`; part null for `%%`. */
function fieldAt(codes: string, from: number, inherited: Quoting): FieldResult {
  MODIFIERS.lastIndex = from;
  const [modifiers = '', flag, left, zero, min, max] = MODIFIERS.exec(codes) ?? [];
  let at = from + modifiers.length;
  if (Math.max(Number(min ?? 0), Number(max ?? 0)) > WIDTH_LIMIT) {
    return { offset: from, rule: `a width of at most ${WIDTH_LIMIT}` };
  }
  const before = argumentAt(codes, at);
  if (before === null) return { offset: at, rule: 'squid.conf logformat: { without }' };
  at += before.length;
  if (codes[at] === '%') return { part: null, end: at + 1 };
  const found = codeAt(codes.slice(at, at + 64));
  if (found === null) return { offset: at, rule: 'squid.conf logformat: a % is followed by a code' };
  at += found.length;
  const after = before.length > 0 ? before : argumentAt(codes, at);
  if (after === null) return { offset: at, rule: 'squid.conf logformat: { without }' };
  if (after !== before) at += after.length;
  const { name, code } = found;
  const quoting = flag === undefined ? inherited : (FLAGS[flag] ?? 'none');
  const slot = code.slot ?? headerSlot(name, after.value);
  const part: FormatField = {
    kind: 'field',
    code: name,
    argument: after.value,
    quoting,
    leftAligned: left !== undefined,
    zeroPadded: zero !== undefined,
    minWidth: Number(min ?? 0),
    maxWidth: max === undefined ? null : Number(max),
    slot,
    spaced: quoting === 'none' ? code.spaced : quoting !== 'url' && quoting !== 'shell',
    time: slot === 'time' ? compileTime(after.value ?? DEFAULT_TIME, name === 'tg') : null,
  };
  return { part, end: at };
}

function argumentAt(codes: string, at: number): { readonly value: string | null; readonly length: number } | null {
  if (codes[at] !== '{') return { value: null, length: 0 };
  const close = codes.indexOf('}', at);
  return close < 0 ? null : { value: codes.slice(at + 1, close), length: close + 1 - at };
}

/** The three headers that say something about endpoints or errors. All others can hold credentials. */
function headerSlot(code: string, argument: string | null): Slot | null {
  const header = argument?.toLowerCase();
  if (code === '>h' && header === 'user-agent') return 'userAgent';
  if (code === '<h' && header === 'x-squid-error') return 'error';
  return null;
}

/**
 * The formats of src/cf.data.pre; `%[ui` stands where some versions write a dash. Squid 5.7 writes the headers of the built-in
 * formats as they came, which is why they are raw here: a quote within them does not end them. For the same reason `HTTP/` is part
 * of `%rv` here: without a request it is `NONE/0.0`. OPNsense's are those of its template for squid.conf, for files and for JSON; pfSense
 * writes `squid`.
 */
export const BUILTIN_FORMATS = {
  squid: builtin('squid', '%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt'),
  common: builtin('common', '%>a %[ui %[un [%tl] "%rm %ru %rv" %>Hs %<st %Ss:%Sh'),
  combined: builtin(
    'combined',
    `%>a %[ui %[un [%tl] "%rm %ru %rv" %>Hs %<st "%'{Referer}>h" "%'{User-Agent}>h" %Ss:%Sh`,
  ),
  opnsense: builtin(
    'opnsense',
    '%>a %[ui %>eui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h" %Ss:%Sh',
  ),
  'opnsense-json': builtin(
    'opnsense-json',
    '{"@timestamp":"%{%Y-%m-%dT%H:%M:%S%z}tg","ecs":{"version":"1.0.0"},"event":{"id":"%{X-Request-Event-Id}>ha","dataset":"squid.access","duration":"%tr"},"http":{"version":"%rv","request":{"method":"%rm","referrer":"%{Referer}>h"},"response":{"bytes": %<st, "body":{"status_code": %>Hs}}},"host":{"hostname":"%>A"},"service":{"name":"proxy","type":"squid"},"source":{"ip":"%>a"},"url":{"original":"%ru"},"user":{"name":"%un"},"user_agent":{"original":"%{User-Agent}>h"},"labels":{"request_status":"%Ss","hierarchy_status":"%Sh"},"message":"%rm %ru HTTP/%rv"}',
  ),
  referrer: builtin('referrer', "%ts.%03tu %>a %'{Referer}>h %ru"),
  useragent: builtin('useragent', `%>a [%tl] "%'{User-Agent}>h"`),
} as const;

function builtin(name: string, codes: string): SquidFormat {
  const result = compileFormat(`logformat ${name} ${codes}`);
  if (result.kind === 'malformed') throw new Error(`built-in format ${name}: ${result.rule}`);
  return result.format;
}
