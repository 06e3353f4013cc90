import { DOCKER } from './docker.ts';
import {
  latin1Of,
  linePattern,
  MORE,
  NOTHING_INSIDE,
  stripped,
  utf8Of,
  type Envelope,
  type Strip,
} from './envelope.ts';
import { JOURNAL } from './journal.ts';
import { KUBERNETES } from './kubernetes.ts';
import { splitAtStarts } from './one-line.ts';
import { S6 } from './s6.ts';
import { SYSLOG } from './syslog.ts';

const weak = (id: string, name: string, pattern: RegExp): Envelope => linePattern(id, name, pattern, true);

const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;

/** Code fences of Markdown: each block is a text of its own, and what stands between them is no log. */
const FENCED: Envelope = {
  id: 'fence',
  name: 'Markdown fences',
  isWeak: true,
  applies: (lines) => lines.some((line) => FENCE.test(line)),
  open: (): Strip => {
    let block = 0;
    let isInside = false;
    return (line) => {
      if (!FENCE.test(line)) return isInside ? stripped(line, `block ${block}`) : NOTHING_INSIDE;
      isInside = !isInside;
      if (isInside) block += 1;
      return NOTHING_INSIDE;
    };
  },
};

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g');

/** Colours of a terminal (ECMA-48 SGR). */
const COLOURED: Envelope = {
  id: 'colours',
  name: 'colours of a terminal',
  isWeak: true,
  open: (): Strip => (line) => {
    const plain = line.replace(COLOUR, '');
    return plain === line ? null : stripped(plain);
  },
};

/** A list of strings in JSON, one a line. */
const STRINGS: Envelope = {
  id: 'strings',
  name: 'quotation marks',
  isWeak: true,
  open: (): Strip => (line) => {
    const [, quote, inner] = /^\s*\[?\s*(["'`])(.*)\1\s*,?\s*\]?\s*$/s.exec(line) ?? [];
    if (inner === undefined) return /^\s*[[\]]\s*$/.test(line) ? NOTHING_INSIDE : null;
    return stripped(quote === '"' ? unquoted(inner) : inner);
  },
};

/** As JSON writes it; else with its quotation marks only. */
function unquoted(inner: string): string {
  try {
    const value: unknown = JSON.parse(utf8Of(`"${inner}"`));
    return typeof value === 'string' ? latin1Of(value) : inner;
  } catch {
    return inner.replaceAll(String.raw`\"`, '"');
  }
}

const HEADED = [...SYSLOG, ...JOURNAL, ...KUBERNETES, ...S6, ...DOCKER].map(({ open }) => open());

/** Envelopes of envelopes are looked into this deep. */
const HEADS_LIMIT = 5;
/** RFC 5424 up to its time. */
const HEAD_BEFORE_TIME = /^(?:\d{1,6} )?<\d{1,3}>\d{1,2}$/;

/** Whether a piece of a line is the head of an envelope, or those of several, without a text. */
function isHead(piece: string, depth = 0): boolean {
  return HEADED.some((strip) => {
    const record = strip(piece);
    if (record === null || record === MORE) return false;
    const text = record.text?.trim() ?? '';
    return text === '' || HEAD_BEFORE_TIME.test(text) || (depth < HEADS_LIMIT && isHead(text, depth + 1));
  });
}

/** Several records on one line, as a form without line breaks leaves them. */
const ONE_LINE: Envelope = {
  id: 'one-line',
  name: 'one line for many records',
  isWeak: true,
  applies: (lines) => lines.some((line) => splitAtStarts(line, isHead) !== null),
  open: (): Strip => (line) => {
    const records = splitAtStarts(line, isHead);
    return records === null ? null : stripped(records.join('\n'));
  },
};

/** Envelopes that rearrange the lines of a text. */
export const STRUCTURES: readonly Envelope[] = [FENCED, ONE_LINE];

export const MARKS: readonly Envelope[] = [
  COLOURED,
  weak('quote', 'quote marks', /^\s*(?:> ?)+(?<text>.*)$/s),
  weak('bar', 'bars', /^\s*(?:\||\u00e2\u0094[\u0082\u0083]) ?(?<text>.*)$/s),
  weak(
    'number',
    'line numbers',
    /^\s*(?:L|#|line )?\d{1,7}(?:[:.)|]?\t|[:.)|]? +\| ?|[:|] *|[.)] +| {1,2})(?<text>.*\S.*)$/is,
  ),
  weak('bullet', 'bullets', /^\s*(?:[-*+]|\u00e2\u0080\u00a2) +(?<text>\S.*)$/s),
  STRINGS,
  weak('label', 'labels in brackets', /^\[[A-Za-z][\w ./-]{0,40}\]:? +(?<text>\S.*)$/s),
  weak('indent', 'indentation', /^[ \t]+(?<text>\S.*)$/s),
];
