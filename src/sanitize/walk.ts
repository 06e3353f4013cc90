import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/report.ts';
import type { Sanitizer } from './sanitizer.ts';

type Json = unknown;

/**
 * Fields that are never touched, with the shape that a value must have for that: a value of another shape is sanitized like
 * any text, so that no field is a hole.
 */
const WORD = /^[A-Za-z][\w-]*$/;
const VERSION = /^[\w.+~-]{1,60}$/;
const TIME = /^[\d T:.Z+-]+$/;
const UNTOUCHED: Readonly<Record<string, RegExp>> = {
  version: VERSION,
  fingerprint256: /^[0-9A-Fa-f:]+$/,
  startedAt: TIME,
  receivedAt: TIME,
  date: TIME,
  validFrom: /^[\w :.+-]+$/,
  validTo: /^[\w :.+-]+$/,
  platform: /^[\w .·,()/+-]{1,120}$/,
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
  alpn: /^[\w./-]+$/,
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
  const entries = Object.entries(value);
  const untrusted = 'fingerprint256' in value && 'issuer' in value && 'trusted' in value && value.trusted === false;
  // The sources of the catalogue's own entries are public pages; `custom: true` marks the user's.
  const catalogue = 'custom' in value && value.custom === false;
  return Object.fromEntries(
    entries.map(([name, inner]: [string, Json]) => {
      if (untrusted && (name === 'issuer' || name === 'subject') && typeof inner === 'string') {
        return [name, distinguishedName(inner, sanitizer)];
      }
      if (untrusted && name === 'anchor' && inner !== null && typeof inner === 'object' && 'subject' in inner) {
        return [name, { ...inner, subject: distinguishedName(String(inner.subject), sanitizer) }];
      }
      if (catalogue && typeof inner === 'string') return [name, inner];
      return [name, walk(inner, name, sanitizer)];
    }),
  );
}

function field(value: string, key: string, sanitizer: Sanitizer): string {
  if (CATALOGUE_FIELDS.has(key) && sanitizer.isCatalogueWord(value)) return value;
  return UNTOUCHED[key]?.test(value) ? value : sanitizer.text(value);
}

/** A certificate may rightly name a Plex host although nobody vouches for it; any other name is somebody's own. */
function distinguishedName(name: string, sanitizer: Sanitizer): string {
  return /^<ca-\d+>$/.test(name) || sanitizer.isReadableSubject(name) ? name : sanitizer.authority(name);
}
