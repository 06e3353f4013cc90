import { ENVELOPES, PASTES, Unwrapper, type Envelope } from '../../../parse/envelope/index.ts';
import { APPARENT, CERTAIN, HEAD_BYTES, surestFormat, type Head, type InputFormat } from './format.ts';
import { WrappedReader } from './wrapped-reader.ts';

/** Envelopes can be nested this deep: Docker's JSON of a syslog line in a forum's quote. */
const DEPTH_LIMIT = 5;
/** This many bytes of a head are enough to recognise the log in an envelope. */
const SAMPLE_BYTES = 24 * 1024;
/** Only this many programs of a sample are looked at, those with the most lines. */
const SOURCES_LIMIT = 8;
/** At least this share of the lines is in the envelope. */
const LEAST_SHARE = 0.5;
/** Certainty for an envelope that no other format looks like, whatever its content, which may become clear later in the file. */
const SURE_ENVELOPE = 2 * APPARENT;
/** A log without an envelope comes before one that is found in an envelope. */
const BEHIND = 0.999;
const LINE_FEED = 0x0a;
const NUL = 0x00;

interface Found {
  readonly envelope: Envelope;
  readonly certainty: number;
}

interface Wrapping {
  readonly envelopes: readonly Envelope[];
  /** Formats that are looked for inside. */
  readonly inner: readonly InputFormat[];
  /** Formats whose own lines can look like the envelope. */
  readonly logs: readonly InputFormat[];
  /** Certainty by that of the surest log inside. */
  readonly certainty: (surest: number) => number;
}

/**
 * `logs`, and all of them in each envelope or several. Envelopes that change the order of lines come before the logs, because their lines
 * can look like those of a log; envelopes around each line come after them.
 */
export function withEnvelopes(logs: readonly InputFormat[], depth = 0): readonly InputFormat[] {
  if (depth === DEPTH_LIMIT) return logs;
  const inner = withEnvelopes(logs, depth + 1);
  const certainty = (surest: number): number => (surest > SURE_ENVELOPE ? CERTAIN : surest);
  const pasted: Wrapping = { envelopes: PASTES, inner, logs, certainty };
  const around: Wrapping = { envelopes: ENVELOPES, inner, logs, certainty: (surest) => surest * BEHIND };
  return [
    wrapped('pasted', 'lines of a log in a paste (Markdown, tail, many records on one line)', pasted),
    ...logs,
    wrapped(
      'wrapped',
      'lines of a log in envelopes (syslog, journal, Docker, Kubernetes, Graylog, grep, quotes, …)',
      around,
    ),
  ];
}

function wrapped(id: string, name: string, wrapping: Wrapping): InputFormat {
  const find = (head: Head): Found | null => findEnvelope(head, wrapping);
  return {
    id,
    name,
    detect: (head) => find(head)?.certainty ?? 0,
    open: (head, options) => {
      const envelope = find(head)?.envelope;
      if (envelope === undefined) return { kind: 'leave', why: 'it is in no envelope that is known' };
      const reader = new WrappedReader(envelope, (bytes, member, usesRaw) => {
        const innerHead = { ...head, bytes, member: member ?? head.member };
        return (
          surestFormat(usesRaw ? wrapping.logs : wrapping.inner, innerHead)?.format.open(innerHead, options) ?? null
        );
      });
      return { kind: 'read', reader };
    },
  };
}

/** The envelope in which the surest log is found; of equally sure ones the first. */
function findEnvelope(head: Head, wrapping: Wrapping): Found | null {
  const sample = wholeLines(head.bytes);
  if (sample.length === 0 || sample.includes(NUL)) return null;
  const lines = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).toString('latin1').split(/\r?\n/);
  let best: Found | null = null;
  for (const envelope of wrapping.envelopes) {
    const members = membersOf(envelope, sample, lines);
    if (members === null) continue;
    const surest = Math.max(...members.map((member) => certaintyOf(member, head, wrapping)));
    const certainty = Math.max(surest > 0 ? wrapping.certainty(surest) : 0, envelope.isWeak ? 0 : sureOf(surest));
    if (certainty > (best?.certainty ?? 0)) best = { envelope, certainty };
    if (certainty >= BEHIND) break;
  }
  return best;
}

/** An envelope whose content is recognised is surer than one whose content is not, however unsure that recognition is. */
function sureOf(surest: number): number {
  return surest > 0 ? SURE_ENVELOPE / BEHIND : SURE_ENVELOPE;
}

interface Member {
  readonly name: string | null;
  readonly texts: string[];
  /** Unchanged. */
  readonly raws: string[];
}

/** The lines in an envelope by program; null: the sample is not in it. */
function membersOf(envelope: Envelope, sample: Uint8Array, lines: readonly string[]): readonly Member[] | null {
  if (envelope.applies?.(lines) === false) return null;
  const members = new Map<string | null, Member>();
  const unwrapper = new Unwrapper(envelope, (text, name, raw) => {
    const member = members.get(name) ?? { name, texts: [], raws: [] };
    members.set(name, member);
    member.texts.push(text);
    member.raws.push(raw);
  });
  unwrapper.push(sample);
  unwrapper.end();
  const { stripped, bare } = unwrapper.counts;
  const isIn = stripped > 0 && (envelope.applies !== undefined || stripped >= LEAST_SHARE * (stripped + bare));
  if (!isIn || members.size === 0) return null;
  return [...members.values()].sort((a, b) => b.texts.length - a.texts.length).slice(0, SOURCES_LIMIT);
}

/** Certainty that a program wrote a log; some programs' own format equals the envelope. */
function certaintyOf({ name, texts, raws }: Member, head: Head, { inner, logs }: Wrapping): number {
  const headOf = (each: readonly string[]): Head => ({
    ...head,
    bytes: Buffer.from(`${each.join('\n')}\n`, 'latin1'),
    member: name ?? head.member,
  });
  return surestFormat(inner, headOf(texts))?.certainty ?? surestFormat(logs, headOf(raws))?.certainty ?? 0;
}

/** The first whole lines of a longer head. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= SAMPLE_BYTES && bytes.length < HEAD_BYTES) return bytes;
  const end = bytes.lastIndexOf(LINE_FEED, SAMPLE_BYTES);
  return end < 0 ? bytes : bytes.subarray(0, end + 1);
}
