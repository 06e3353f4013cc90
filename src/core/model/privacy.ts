import * as z from 'zod/mini';

/**
 * Privacy classes of strings, so that the sanitizer knows what may leave the machine. Each string of a document is made by one of
 * the functions below; a test finds strings without a class. Closed lists (enums, literals) need none: the schema takes no other word.
 */
export type Privacy =
  /** A word of this tool, of Plex or of a protocol. It stays; a value of another shape is treated as `text`. */
  | { readonly class: 'public'; readonly shape: RegExp }
  /** A sentence, or what a program or a server said: private parts are found by their looks and by what is known. */
  | { readonly class: 'text' }
  /** A sentence of this tool, in which the words of others stand in quotes. */
  | { readonly class: 'sentence' }
  /** The words of another program or of a user: a banner, a realm, the reason of a refusal. Words stay that are said everywhere. */
  | { readonly class: 'said' }
  /** The name or address of a host and nothing else. */
  | { readonly class: 'host' }
  /** The address of a proxy or a server, as a URL or as `host:port`. */
  | { readonly class: 'url' }
  /** The value of a proxy variable, or a part of it: an address, or a list of hosts. */
  | { readonly class: 'setting' }
  /** The id of an endpoint. The catalogue's are public; a user's own may be made of the host. */
  | { readonly class: 'endpoint' }
  /** Public sources for an endpoint of the catalogue; in a user's own file, the user's words. */
  | { readonly class: 'citation' }
  /** Words of the catalogue about an endpoint; in a user's own file, the user's words. */
  | { readonly class: 'catalogue-text' }
  /** The name of a certificate's subject or issuer: private unless the object that holds it is {@link vouchedFor}. */
  | { readonly class: 'certificate-name' }
  /** The name or the path of a file of which only the name matters, unless the object that holds it is {@link describedIfLive}. */
  | { readonly class: 'file' }
  /** A path that has to stay recognisable, with a line number and a note behind it, or words that name no path. */
  | { readonly class: 'path' }
  /** A sentence about a file that was read. */
  | { readonly class: 'remark' }
  /** The name of a program, or of a log that is called after its program. */
  | { readonly class: 'program' }
  /** The name of a service unit. */
  | { readonly class: 'unit' }
  /** The name or id of a container. */
  | { readonly class: 'container' }
  /** The id of a source of settings: `pid:812`, `unit:NAME`, `container:NAME`, `file:PATH`, `shell`, `option`. */
  | { readonly class: 'source-id' };

/** Not zod's own registry of descriptions: that one is published with the schema of the report. */
const CLASSES = new WeakMap<z.core.$ZodType, Privacy>();

export function privacyOf(schema: z.core.$ZodType): Privacy | undefined {
  return CLASSES.get(schema);
}

function classified(privacy: Privacy): z.ZodMiniString {
  const schema = z.string();
  CLASSES.set(schema, privacy);
  return schema;
}

export const text = () => classified({ class: 'text' });
export const sentence = () => classified({ class: 'sentence' });
export const said = () => classified({ class: 'said' });
export const host = () => classified({ class: 'host' });
export const url = () => classified({ class: 'url' });
export const setting = () => classified({ class: 'setting' });
export const endpointId = () => classified({ class: 'endpoint' });
export const citation = () => classified({ class: 'citation' });
export const catalogueText = () => classified({ class: 'catalogue-text' });
export const certificateName = () => classified({ class: 'certificate-name' });
export const file = () => classified({ class: 'file' });
export const path = () => classified({ class: 'path' });
export const remark = () => classified({ class: 'remark' });
export const program = () => classified({ class: 'program' });
export const unit = () => classified({ class: 'unit' });
export const container = () => classified({ class: 'container' });
export const sourceId = () => classified({ class: 'source-id' });

// ── public, as long as the value has the shape ─────────────────────────────────────────────────────────────────────────

/** A public string of any shape of its own. */
export const shaped = (shape: RegExp) => classified({ class: 'public', shape });
/** A word of a list that is not closed: ids, codes of this tool, kinds. */
export const word = () => shaped(/^[A-Za-z][\w-]*$/);
/** The word of a log or a router: `TCP_DENIED`, `admin-prohibited`, `error:invalid-request`. */
export const codeWord = () => shaped(/^(?:error:)?[A-Za-z][\w-]*$/);
export const version = () => shaped(/^(?:TLS)?v?\d+(?:\.\d+)*(?:[-+~][0-9a-z]+)?$/);
/** ISO 8601, or as certificates write it: `Nov 22 14:03:09 2026 GMT`. */
export const time = () => shaped(/^\d{4}-[\d T:.Z+-]+$|^[A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4} GMT$/);
export const fingerprint = () => shaped(/^[0-9A-Fa-f:]+$/);
/** The protocol that was agreed on in TLS. */
export const alpn = () => shaped(/^(?:h[23]|http\/\d\.\d)$/);
/** An environment variable that decides about proxies. */
export const variableName = () =>
  shaped(/^(?:(?:https?|all|no)_proxy|request_method|node_use_env_proxy|java_tool_options)$/i);
/** The kind of a file that was read. */
export const fileKind = () => shaped(/^[\w/-]+$/);

// ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const PRIVATE_NUMBERS = new WeakSet<z.core.$ZodType>();

/** A number that tells where in the world its machine stands; sanitized, it is 0. */
export function privateInt(): z.ZodMiniNumber {
  const schema = z.int();
  PRIVATE_NUMBERS.add(schema);
  return schema;
}

export function isPrivateNumber(schema: z.core.$ZodType): boolean {
  return PRIVATE_NUMBERS.has(schema);
}

// ── what depends on the object ─────────────────────────────────────────────────────────────────────────────────────────

const OPENED_BY = new WeakMap<z.core.$ZodType, string>();

/**
 * An object with names of a certificate, at any depth. A certificate that a public root vouches for (`trusted` is true, and not by a root of
 * `--ca` alone) is published, so its names are public. The names of any other tell of a company, a proxy or a machine.
 */
export function vouchedFor<T extends z.core.$ZodShape & { readonly trusted: z.ZodMiniBoolean }>(shape: T) {
  return openedBy('trusted', shape);
}

/** An object whose `file` is a description in the words of this tool, and no file, where `live` is true. */
export function describedIfLive<T extends z.core.$ZodShape & { readonly live: z.ZodMiniOptional<z.ZodMiniBoolean> }>(
  shape: T,
) {
  return openedBy('live', shape);
}

function openedBy<T extends z.core.$ZodShape>(field: string, shape: T) {
  const schema = z.object(shape);
  OPENED_BY.set(schema, field);
  return z.readonly(schema);
}

/** The flag of this object that decides whether the names of certificates or the files in it are public; undefined: none does. */
export function openingFieldOf(schema: z.core.$ZodType): string | undefined {
  return OPENED_BY.get(schema);
}

/** Whether a public root vouches for the certificate with these fields. */
export function isPubliclyVouched({
  trusted,
  byOwnRoot,
}: {
  readonly trusted?: unknown;
  readonly byOwnRoot?: unknown;
}): boolean {
  return trusted === true && byOwnRoot !== true;
}
