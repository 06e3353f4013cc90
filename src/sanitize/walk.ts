import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/report.ts';
import { cleanFile, cleanHost, cleanRemark } from './fields.ts';
import type { Sanitizer } from './sanitizer.ts';

type Json = unknown;

/**
 * Fields that are never touched, with the shape that a value must have for that: a value of another shape is sanitized like
 * any text, so that no field is a hole.
 */
const WORD = /^[A-Za-z][\w-]*$/;
const VERSION = /^(?:TLS)?v?\d+(?:\.\d+)*(?:[-+~][0-9a-z]+)?$/;
/** ISO 8601, or as certificates write it: `Nov 22 14:03:09 2026 GMT`. */
const TIME = /^\d{4}-[\d T:.Z+-]+$|^[A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4} GMT$/;
/** Programs of Plex (and what follows the name in that of a log), and identifiers of its plug-ins. */
const PLEX_PROGRAM =
  /^(?:Plex[ _](?:Media[ _]Server|Media Scanner(?: [A-Z][a-z]+)*|Script Host|Tuner Service|Transcoder|DLNA Server|Relay|Commercial Skipper|EAE Service)|EasyAudioEncoder|CrashUploader|com\.plexapp\.system)$/;
/** What a log or a router calls it: `TCP_DENIED`, `admin-prohibited`, `error:invalid-request`. */
const CODE = /^(?:error:)?[A-Za-z][\w-]*$/;
const UNTOUCHED: Readonly<Record<string, RegExp>> = {
  version: VERSION,
  fingerprint256: /^[0-9A-Fa-f:]+$/,
  startedAt: TIME,
  receivedAt: TIME,
  date: TIME,
  validFrom: TIME,
  validTo: TIME,
  outcome: WORD,
  code: CODE,
  stage: WORD,
  state: WORD,
  route: WORD,
  form: WORD,
  scope: WORD,
  verdict: WORD,
  severity: WORD,
  check: WORD,
  supersededBy: WORD,
  command: WORD,
  need: WORD,
  needs: /^[a-z]+(?:\.[a-z]+)?$/,
  mark: WORD,
  scheme: WORD,
  conclusion: WORD,
  condition: WORD,
  kind: /^[\w/-]+$/,
  basis: WORD,
  alpn: /^(?:h[23]|http\/\d\.\d)$/,
  aspect: WORD,
  from: TIME,
  to: TIME,
  at: TIME,
  firstAt: TIME,
  lastAt: TIME,
  transport: WORD,
  protocol: WORD,
  attribution: WORD,
  serverScope: WORD,
  directOutcome: WORD,
  proxyOutcome: WORD,
  seenBy: WORD,
  shows: WORD,
  routes: WORD,
  // DNS writes types that it has no name for as TYPE65280.
  type: WORD,
  process: PLEX_PROGRAM,
  processes: PLEX_PROGRAM,
  log: PLEX_PROGRAM,
};
/** Fields that hold a host or an address, by the object that they belong to. */
const HOST_FIELDS: ReadonlySet<string> = new Set([
  'flows.client',
  'flows.address',
  'names.name',
  'questions.client',
  'questions.server',
  'questions.name',
  'questions.addresses',
  'unlisted.host',
  'requests.host',
  'bypasses.host',
  'bypasses.address',
]);
/** Fields that hold the name or the path of a file. */
const FILE_FIELDS: ReadonlySet<string> = new Set(['watchers.source', 'files.name', 'inputs.name']);
/** Fields that say something about a file. */
const REMARK_FIELDS: ReadonlySet<string> = new Set(['watchers.problems', 'watchers.misses', 'inputs.note']);
/** Fields that may hold an id or a source of the catalogue: words of the tool. */
const CATALOGUE_FIELDS: ReadonlySet<string> = new Set(['id', 'endpoint', 'source']);

/** Sanitizes a document value by value. The shape stays, so the result can be validated by the document's own schema. */
export function walkEvidence(evidence: Evidence, sanitizer: Sanitizer): Json {
  return walk(evidence, ROOT, sanitizer);
}

export function walkReport(report: Report, sanitizer: Sanitizer): Json {
  return walk(report, ROOT, sanitizer);
}

/** Where a value stands: under which key, and under which key the object stands that has it. A list stands for its members. */
interface Place {
  readonly key: string;
  readonly of: string;
}
const ROOT: Place = { key: '', of: '' };

function walk(value: Json, place: Place, sanitizer: Sanitizer): Json {
  if (typeof value === 'string') return field(value, place, sanitizer);
  if (Array.isArray(value)) return value.map((item: Json) => walk(item, place, sanitizer));
  if (value === null || typeof value !== 'object') return value;
  // What was gathered stands for the item that it is.
  const isGathered = 'state' in value && 'value' in value;
  const untrusted = 'fingerprint256' in value && 'issuer' in value && 'trusted' in value && value.trusted === false;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, Json]) => [
      name,
      untrusted && AUTHORITY_FIELDS.has(name)
        ? authority(inner, name, sanitizer)
        : walk(inner, isGathered && name === 'value' ? place : { key: name, of: place.key }, sanitizer),
    ]),
  );
}

/** Fields of a certificate chain that name who signed for whom. */
const AUTHORITY_FIELDS: ReadonlySet<string> = new Set(['issuer', 'subject', 'anchor']);

function authority(value: Json, key: string, sanitizer: Sanitizer): Json {
  if (typeof value === 'string') return distinguishedName(value, sanitizer);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, Json]) => [
      name,
      key === 'anchor' && name === 'subject'
        ? authority(inner, name, sanitizer)
        : walk(inner, { key: name, of: key }, sanitizer),
    ]),
  );
}

function field(value: string, { key, of }: Place, sanitizer: Sanitizer): string {
  if (HOST_FIELDS.has(`${of}.${key}`)) return cleanHost(value, sanitizer);
  if (FILE_FIELDS.has(`${of}.${key}`)) return cleanFile(value, sanitizer);
  if (REMARK_FIELDS.has(`${of}.${key}`)) return cleanRemark(value, sanitizer);
  if (CATALOGUE_FIELDS.has(key) && sanitizer.isCatalogueWord(value)) return value;
  // The id of a user's endpoint is made of its host, unless the user gave it one.
  if (key === 'endpoint' || `${of}.${key}` === 'endpoints.id') return cleanHost(value, sanitizer);
  return UNTOUCHED[key]?.test(value) ? value : sanitizer.text(value);
}

/** A certificate may rightly name a Plex host although nobody vouches for it; any other name is somebody's own. */
function distinguishedName(name: string, sanitizer: Sanitizer): string {
  if (/^<ca-\d+>$/.test(name)) return name;
  return sanitizer.isReadableSubject(name) ? sanitizer.text(name) : sanitizer.authority(name);
}
