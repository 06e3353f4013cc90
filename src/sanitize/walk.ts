import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/report.ts';
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
const UNTOUCHED: Readonly<Record<string, RegExp>> = {
  version: VERSION,
  fingerprint256: /^[0-9A-Fa-f:]+$/,
  startedAt: TIME,
  receivedAt: TIME,
  date: TIME,
  validFrom: TIME,
  validTo: TIME,
  outcome: WORD,
  code: WORD,
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
};
/** Fields that may hold an id or a source of the catalogue: words of the tool. */
const CATALOGUE_FIELDS: ReadonlySet<string> = new Set(['id', 'endpoint', 'source']);

/** Sanitizes a document value by value. The shape stays, so the result can be validated by the document's own schema. */
export function walkEvidence(evidence: Evidence, sanitizer: Sanitizer): Json {
  return walk(evidence, '', sanitizer);
}

export function walkReport(report: Report, sanitizer: Sanitizer): Json {
  return walk(report, '', sanitizer);
}

function walk(value: Json, key: string, sanitizer: Sanitizer): Json {
  if (typeof value === 'string') return field(value, key, sanitizer);
  if (Array.isArray(value)) return value.map((item: Json) => walk(item, key, sanitizer));
  if (value === null || typeof value !== 'object') return value;
  const untrusted = 'fingerprint256' in value && 'issuer' in value && 'trusted' in value && value.trusted === false;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, Json]) => [
      name,
      untrusted && AUTHORITY_FIELDS.has(name) ? authority(inner, name, sanitizer) : walk(inner, name, sanitizer),
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
      key === 'anchor' && name === 'subject' ? authority(inner, name, sanitizer) : walk(inner, name, sanitizer),
    ]),
  );
}

function field(value: string, key: string, sanitizer: Sanitizer): string {
  if (CATALOGUE_FIELDS.has(key) && sanitizer.isCatalogueWord(value)) return value;
  return UNTOUCHED[key]?.test(value) ? value : sanitizer.text(value);
}

/** A certificate may rightly name a Plex host although nobody vouches for it; any other name is somebody's own. */
function distinguishedName(name: string, sanitizer: Sanitizer): string {
  if (/^<ca-\d+>$/.test(name)) return name;
  return sanitizer.isReadableSubject(name) ? sanitizer.text(name) : sanitizer.authority(name);
}
