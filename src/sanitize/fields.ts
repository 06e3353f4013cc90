import type * as z from 'zod/mini';
import type { Privacy } from '../core/model/privacy.ts';
import { parseAddress, parseOddIpv4 } from './values/address.ts';
import { baseName, endingOf, fileKey, hidePath, isPath, isUsualFile, splitCount, splitPlace } from './values/files.ts';
import { normalName } from './values/hosts.ts';
import { isCommonWord } from './values/names.ts';
import { isOpenProgram, isOpenService, splitUnit } from './values/programs.ts';
import { PSEUDONYM, type PseudonymKind } from './values/pseudonym-kinds.ts';
import type { Sanitizer } from './sanitizer.ts';
import { mapStrings } from './walk.ts';

/** Sanitizes a document of this schema, string by string; the shape stays, so that the schema can validate the result. */
export function cleanDocument(schema: z.core.$ZodType, document: unknown, sanitizer: Sanitizer): unknown {
  return mapStrings(schema, document, (value, privacy, isOpen) => cleanString(value, privacy, isOpen, sanitizer));
}

/** The published form of a string of this class. `isOpen`: a public root vouches for its certificate, or it describes a live source. */
function cleanString(value: string, privacy: Privacy, isOpen: boolean, sanitizer: Sanitizer): string {
  switch (privacy.class) {
    case 'public':
      return privacy.shape.test(value) ? value : sanitizer.text(value);
    case 'host':
      return cleanHost(value, sanitizer);
    case 'endpoint':
      return sanitizer.isCatalogueWord(value) ? value : cleanHost(value, sanitizer);
    case 'citation':
      return sanitizer.isCatalogueWord(value) ? value : sanitizer.said(value);
    case 'catalogue-text':
      return sanitizer.isCatalogueWord(value) ? sanitizer.text(value) : sanitizer.said(value);
    case 'sentence':
      return sanitizer.quoting(sanitizer.text(value));
    case 'said':
      return sanitizer.said(value);
    case 'certificate-name':
      return isOpen ? sanitizer.text(value) : cleanCertificateName(value, sanitizer);
    case 'file':
      return isOpen ? sanitizer.text(value) : cleanFile(value, sanitizer);
    case 'remark':
      return cleanRemark(value, sanitizer);
    case 'program':
      return isOpenProgram(value) ? value : cleanName('program', value, isOpenProgram, sanitizer);
    case 'unit':
      return cleanUnit(value, sanitizer);
    case 'container':
      return cleanName('container', value, isOpenService, sanitizer);
    case 'source-id':
      return cleanSourceId(value, sanitizer);
    case 'path':
      return cleanPath(value, sanitizer);
    case 'url':
      return cleanUrl(value, sanitizer);
    case 'setting':
      return cleanSetting(value, sanitizer);
    case 'text':
      return sanitizer.text(value);
    default:
      return privacy satisfies never;
  }
}

/**
 * Hosts of Plex and of the catalogue, names that RFCs reserve, and words such as `proxy` stay readable. Every other name is private, public
 * names included: they tell which other services are used here. In such a field a single word is a host, and so is `backup.zip`, which in a
 * text would be a file.
 */
function cleanHost(value: string, sanitizer: Sanitizer): string {
  const clean = sanitizer.text(value);
  const isOpen =
    parseAddress(clean)?.scope === 'well-known' ||
    clean
      .replace(PSEUDONYM, ' ')
      .split(/[^\p{L}\p{N}_.-]+/u)
      .map((piece) => piece.replace(/^[.-]+|[.-]+$/g, ''))
      .every((piece) => isOpenPiece(piece, sanitizer));
  return isOpen ? clean : sanitizer.pseudonym('host', normalName(value));
}

function isOpenPiece(piece: string, sanitizer: Sanitizer): boolean {
  if (piece === '' || sanitizer.hosts.isReadable(piece)) return true;
  return parseAddress(piece)?.scope === 'well-known' || (!piece.includes('.') && isCommonWord(piece));
}

/** One entry of a list of hosts, in any client's syntax. */
const LIST_ITEM = /[^\s,;|]+/g;

/**
 * The value of a proxy variable: an address, a list of hosts, or Java's options. In a list any word is a host, or a pattern for hosts.
 */
function cleanSetting(value: string, sanitizer: Sanitizer): string {
  if (/:\/\/|^\s*-|^[^,;|\s]*@|\bdata:/.test(value))
    return value.includes('://') && !/^\s*-/.test(value) ? cleanUrl(value, sanitizer) : sanitizer.text(value);
  return sanitizer.text(value).replace(LIST_ITEM, (item) => cleanItem(item, sanitizer));
}

function cleanItem(item: string, sanitizer: Sanitizer): string {
  const [, before = '', name = '', port = ''] = /^([*.[]*)(.*?)(\]?(?::\d+)?(?:\/\d+)?)$/.exec(item) ?? [];
  if (name === '' || parseAddress(name) !== null || /^<[a-z-]+>$/.test(name)) return item;
  const odd = name.replace(PSEUDONYM, ' ');
  if (/^(?:\d{8,10}|0x[0-9a-f]{6,8}|0\d*\..*)$/i.test(name)) {
    const parsed = parseOddIpv4(name);
    if (parsed) return before + sanitizer.address(parsed, name) + port;
  }
  const isOpen = odd
    .split(/[^\p{L}\p{N}_.-]+/u)
    .every((piece) => isOpenPiece(piece.replace(/^[.-]+|[.-]+$/g, ''), sanitizer) || VARIABLE_WORDS.test(piece));
  return isOpen ? item : before + sanitizer.pseudonym('host', normalName(name)) + port;
}

/** Values that are words: of `REQUEST_METHOD`, `NODE_USE_ENV_PROXY`. */
const VARIABLE_WORDS = /^(?:GET|POST|HEAD|PUT|true|false|on|off)$/i;

/**
 * Folders go; a name of usual words stays (`access.log.2.gz`, `Plex Media Server.1.log`), of any
 * other the ending stays (`<file-1>.pcap`).
 */
function cleanFile(value: string, sanitizer: Sanitizer): string {
  const [path, count] = splitCount(value);
  const name = baseName(path);
  if (isUsualFile(name.replace(PSEUDONYM, ' '))) return sanitizer.text(name) + count;
  return sanitizer.pseudonym('file', fileKey(name)) + endingOf(name) + count;
}

const REMARK_PASSES = 4;
const PATH = /(?<![\w:/\\])(?:[A-Za-z]:)?(?:[\\/][^\s\\/:;,"'<>|()]+){2,}/g;

/** A remark about a file: paths in it become names, and what it quotes is words of others. */
function cleanRemark(value: string, sanitizer: Sanitizer): string {
  let clean = value;
  // Full-width characters become plain ones, of which a path may consist.
  for (let i = 0; i < REMARK_PASSES; i += 1) {
    const again = sanitizer.quoting(sanitizer.text(clean.replace(PATH, (path) => cleanFile(path, sanitizer))));
    if (again === clean) break;
    clean = again;
  }
  return clean;
}

/** A URL, whose parts the rules for texts find, or `host:port`, of which they would not know that it is a host. */
function cleanUrl(value: string, sanitizer: Sanitizer): string {
  const clean = sanitizer.text(value);
  const [, userinfo = '', name, port = ''] = /^(\*{3}@)?([^\s:/@]+)(:\d+)?$/.exec(clean) ?? [];
  return name === undefined ? clean : userinfo + cleanHost(name, sanitizer) + port;
}

/** A path with its line and a note, `/etc/x.conf:2 (PassEnvironment, /etc/y.conf:1)`; anything else is a text. */
function cleanPath(value: string, sanitizer: Sanitizer): string {
  if (!isPath(value)) return sanitizer.text(value);
  const { path, line, note } = splitPlace(value);
  const hidden = hidePath(path, (kind, key) => sanitizer.pseudonym(kind, key));
  const notes = note.split(', ').map((part) => cleanPath(part, sanitizer));
  return sanitizer.text(hidden) + line + (note === '' ? '' : ` (${notes.join(', ')})`);
}

function cleanSourceId(value: string, sanitizer: Sanitizer): string {
  const colon = value.indexOf(':') + 1;
  const rest = value.slice(colon);
  switch (value.slice(0, colon)) {
    case 'unit:':
      return `unit:${cleanUnit(rest, sanitizer)}`;
    case 'container:':
      return `container:${cleanName('container', rest, isOpenService, sanitizer)}`;
    case 'file:':
      return `file:${cleanPath(rest, sanitizer)}`;
    default:
      return sanitizer.text(value);
  }
}

function cleanUnit(value: string, sanitizer: Sanitizer): string {
  const clean = sanitizer.text(value);
  if (isOpenService(splitUnit(clean.replace(PSEUDONYM, ' '))[0])) return clean;
  const [name, ending] = splitUnit(value);
  return sanitizer.pseudonym('unit', name.toLowerCase()) + ending;
}

/** A name that stays where it consists of words that say nothing about its machine. */
function cleanName(
  kind: PseudonymKind,
  value: string,
  isOpen: (name: string) => boolean,
  sanitizer: Sanitizer,
): string {
  const clean = sanitizer.text(value);
  return isOpen(clean.replace(PSEUDONYM, ' ')) ? clean : sanitizer.pseudonym(kind, value.toLowerCase());
}

/** A certificate may rightly name a Plex host although no public root vouches for it; any other name is private. */
function cleanCertificateName(name: string, sanitizer: Sanitizer): string {
  if (/^<ca-\d+>$/.test(name)) return name;
  return sanitizer.hosts.isReadableSubject(name) ? sanitizer.text(name) : sanitizer.authority(name);
}
