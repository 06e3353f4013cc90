import { hidePath } from '../values/files.ts';
import { isCommonWord } from '../values/names.ts';
import { isDecided, SENTINEL, type Pass } from '../values/pass.ts';
import { isOpenProgram, isOpenService, isUnit, splitUnit } from '../values/programs.ts';
import type { PseudonymKind } from '../values/pseudonym-kinds.ts';
import { isKnownWord, unknownWords } from '../values/vocabulary.ts';

/** Endings of what is in a library. */
const MEDIA_ENDING =
  '(?:mkv|mp4|m4v|avi|mov|wmv|mpe?g|ts|m2ts|iso|webm|flv|ogm|mp3|flac|m4a|m4b|aac|ogg|opus|wav|wma|alac|ape|dsf|aiff?|jpe?g|png|gif|webp|heic|tiff?|bmp|raw|srt|sub|idx|ass|ssa|vtt|smi|nfo|cue|strm|lrc)';
const MEDIA = new RegExp(
  `((?<![\\w:/\\\\…]|${SENTINEL})(?:/|[A-Za-z]:[\\\\/]|\\\\\\\\)(?:[^"'<>|\\r\\n\\\\/…\u{F0000}-\u{FFFFD}]{1,255}[\\\\/]+)*)([^"'<>|\\r\\n\\\\/…\u{F0000}-\u{FFFFD}]{1,255}?)(\\.[A-Za-z-]{0,6}\\.?${MEDIA_ENDING})(?![\\w.])`,
  'giu',
);
/** Folders of libraries; what a system keeps elsewhere is left to the rule for paths. */
const LIBRARY_FOLDER =
  /(?<![\w:/\\.-])(\/(?:mnt|media|data|srv|share|shares|volume\d*|volumes|tank|pool|storage|nas|export|array|disks?|downloads|movies|music|tv|tvshows|photos|videos|films?|plexmedia|library-media)\/)([^"'<>|\r\n(),;:]+)/gi;
const API = /^\/media\/(?:providers|grabbers|subscriptions)\b/;

/** Sentences of PMS with a title that no quotes mark. */
const TITLED =
  /(\b(?:metadata|item|title|artwork|match(?:es)?|agents?|bundle|extras|details|thumbs?|subtitles?|lyrics|chapters?) (?:for|of|to|named|called) )([^"'\r\n]+?)(?= \((?:ID|id|key|guid|\d{4})|  |$| in \d+ ?ms| via | from | using | with )/g;
/** Quotes of PMS hold titles, queries and names. */
const QUOTED = /(?<![\w\\=]|set to |state |status )(["'])([^"'\r\n\\]{2,200})\1(?![\w])/g;
/** Fields with titles and names, in attributes, JSON and URLs. */
const TITLE_FIELD =
  /((?<![\w-]|SLOW )(?:grandparent|parent|original|section|library|collection|playlist|album|artist|show|movie|episode)?(?:title|titlesort|summary|tagline|studio|query|device(?:name)?|x-plex-device-name|x-plex-client-name|friendly_?name|server_?name|display_?name|nick(?:name)?|playerTitle|playlistTitle|folder|collection|artist|album|track)\\?["']?\s*(?:=|:|%3d)\s*\\?["']?)([^"'&\r\n<>\\]+?)(?=\\?["'&\r\n<>]|\s+[\w-]+=|$)/gi;
const CLIENT_ID =
  /((?<![\w-])(?:x-plex-(?:client|session)-(?:identifier|id)|clientidentifier|machineidentifier|x-plex-session-identifier|deviceid|session_?id)\\?["']?\s*(?:=|:|%3d)\s*\\?["']?)([\w.:-]{6,})/gi;
/** `Signed-in Token (jane) (Living Room)`, `[192.0.2.7:1234 (WAN)] … (Chrome)`: the device behind the user. */
const DEVICE = new RegExp(`((?:Token|token) \\((?:${SENTINEL}|[^()]*)\\) \\()([^()]+)(?=\\))`, 'gu');

/** Hosts in the envelopes of logs: syslog's header, and the fields of journals, containers and GELF. */
const SYSLOG =
  /(^(?:<\d{1,3}>)?(?:\d )?(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T[\d:.,]+(?:Z|[+-]\d{2}:?\d{2})?) )([\w.-]+)(?= [\w./ -]{1,48}(?:\[\d+\])?: | [\w./-]{1,48} (?:\d+|-) )/gm;
const RECORD_FIELD =
  /((?<![\w-])\\?["'](?:_?host(?:name)?|_HOSTNAME|syslog_host|logging_host|facility_host|gl2_remote_ip|node(?:_?name)?|nodeName|pod(?:_?name)?|podName|namespace(?:_?name)?|container_?name|container_?id|CONTAINER_NAME|CONTAINER_ID(?:_FULL)?|CONTAINER_TAG|_SYSTEMD_UNIT|_SYSTEMD_USER_UNIT|_MACHINE_ID|_BOOT_ID|cluster|_source_host|image_?name)\\?["']\s*:\s*\\?["'])([^"'\\]+)/gi;
/** Keys of compose files and the like. */
const YAML_FIELD =
  /^(\s*(?:- )?["']?(?:container_name|hostname|domainname|host|user|username|network|alias|aliases|project|namespace|friendly_?name|server_?name|title)["']?:[ \t]+["']?)([^"'#\r\n{[][^"'#\r\n]*?)(?=["']?\s*(?:#|$))/gim;

/** The user of a proxy, in Squid's own format and in the common one. */
const SQUID_USER =
  /(\b(?:GET|POST|CONNECT|HEAD|PUT|DELETE|OPTIONS|PATCH|PURGE|TRACE|PROPFIND|NONE) \S+ )([^\s[\]()-][^\s[\]()]*)(?= (?:HIER|DIRECT|NONE|PARENT|SIBLING|FIRST|FIRSTUP|ORIGINAL|CACHE|TIMEOUT|ROUNDROBIN|CARP|USERHASH|SOURCEHASH|PINNED|CLOSEST|CD|ANY|-)\w*\/\S+)/g;
const COMMON_USER = /(^(?:\S+ )?\S+ - )([^\s-]\S*)(?= \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:)/gm;

/** Private parts of logs, their envelopes and files of settings: titles, paths of media, devices, machines. */
export function hideLogParts(text: string, pass: Pass): string {
  return hideTitles(hideLibraryPaths(hideEnvelopes(text, pass), pass), pass);
}

/** Texts without these have none of the parts. */
const OF_SERVERS = /\/\S| \[\d{2}\/[A-Z]/;
const OF_MEDIA = new RegExp(`\\.${MEDIA_ENDING}(?![\\w.])`, 'i');
const FIELD = /[=:]|%3d/i;
const NAMING = / (?:for|of|to|named|called) /;
const QUOTE = /["']/;

function hideEnvelopes(text: string, pass: Pass): string {
  let clean = text.replace(SYSLOG, (_, head: string, name: string) => head + named('host', name, pass));
  if (OF_SERVERS.test(clean))
    clean = clean
      .replace(SQUID_USER, (_, head: string, user: string) => head + pass.user(user))
      .replace(COMMON_USER, (_, head: string, user: string) => head + pass.user(user));
  if (!clean.includes(':')) return clean;
  return clean
    .replace(RECORD_FIELD, (_, head: string, value: string) => head + recordValue(head, value, pass))
    .replace(YAML_FIELD, (_, head: string, value: string) => head + yamlValue(head, value, pass));
}

function hideLibraryPaths(text: string, pass: Pass): string {
  if (!text.includes('/') && !text.includes('\\')) return text;
  const clean = OF_MEDIA.test(text)
    ? text.replace(MEDIA, (whole, folder: string, name: string, ending: string) =>
        API.test(whole) ? whole : mediaPath(folder, name, ending, pass),
      )
    : text;
  return clean.replace(LIBRARY_FOLDER, (whole, root: string, rest: string) =>
    API.test(whole) ? whole : libraryFolder(root, rest, pass),
  );
}

function hideTitles(text: string, pass: Pass): string {
  let clean = text.includes('oken (')
    ? text.replace(DEVICE, (_, head: string, name: string) => head + titled(name, pass))
    : text;
  if (FIELD.test(clean))
    clean = clean
      .replace(
        CLIENT_ID,
        (_, head: string, id: string) => head + (isDecided(id) ? id : pass.pseudonym('machine-id', id.toLowerCase())),
      )
      .replace(TITLE_FIELD, (_, head: string, title: string) => head + titled(title, pass));
  if (NAMING.test(clean)) clean = clean.replace(TITLED, (_, head: string, title: string) => head + titled(title, pass));
  if (!QUOTE.test(clean)) return clean;
  return clean.replace(QUOTED, (whole, quote: string, inner: string) =>
    isTitle(inner) ? quote + titled(inner, pass) + quote : whole,
  );
}

/** A text with unusual words; no path, address, number or word of code. */
function isTitle(text: string): boolean {
  if (/[/\\=<>{}@:_]|\w\.\w/.test(text) || new RegExp(SENTINEL, 'u').test(text)) return false;
  return unknownWords(text).some((word) => /\p{Lu}|\s/u.test(word));
}

function titled(title: string, pass: Pass): string {
  const plain = title.trim();
  if (
    plain === '' ||
    new RegExp(SENTINEL, 'u').test(plain) ||
    plain
      .split(/[^\p{L}\p{N}_]+/u)
      .every((word) => word === '' || isKnownWord(word) || KNOWN_CLIENTS.has(word.toLowerCase()))
  )
    return title;
  return pass.pseudonym('title', plain);
}

/** Programs and devices that PMS names for the client of a request. */
const KNOWN_CLIENTS: ReadonlySet<string> = new Set(
  'chrome firefox safari edge opera chromium ios ipados android tvos roku shield webos tizen samsung lg sony xbox playstation windows macos chromecast plexamp htpc web appletv fire firetv kodi infuse loopback subnet wan lan localhost'.split(
    ' ',
  ),
);

function mediaPath(folder: string, name: string, ending: string, pass: Pass): string {
  const depth = folder.split(/[\\/]+/).filter((part) => part !== '').length;
  const above = depth === 0 ? '/' : `${pass.pseudonym('path', bare(folder))}/${'…/'.repeat(depth - 1)}`;
  return above + pass.pseudonym('file', name.toLowerCase()) + ending;
}

function bare(folder: string): string {
  return folder.replace(/[\\/]+$/, '');
}

/** The folder keeps its depth. */
function libraryFolder(root: string, rest: string, pass: Pass): string {
  if (isDecided(rest)) return root + rest;
  const [, path = rest, tail = ''] = /^(.*?)(\s*)$/s.exec(rest) ?? [];
  const depth = path.split('/').filter((part) => part !== '').length;
  return `${pass.pseudonym('path', bare(root + path))}${'/…'.repeat(depth)}${tail}`;
}

function named(kind: PseudonymKind, name: string, pass: Pass): string {
  return isDecided(name) || isCommonWord(name) || /^[\d.:]+$/.test(name) || name.includes('.')
    ? name
    : pass.pseudonym(kind, name.toLowerCase());
}

function recordValue(head: string, value: string, pass: Pass): string {
  if (/unit/i.test(head)) {
    const [name, ending] = splitUnit(value);
    return isOpenService(name) ? value : pass.pseudonym('unit', name.toLowerCase()) + ending;
  }
  if (/_id\W*$|_ID(?:_FULL)?\W*$/i.test(head))
    return isDecided(value) ? value : pass.pseudonym('container', value.slice(0, 12).toLowerCase());
  if (/container|image|tag|pod/i.test(head))
    return isOpenService(value) || isOpenProgram(value) || isUnit(value)
      ? value
      : pass.pseudonym('container', value.toLowerCase());
  return named('host', value, pass);
}

function yamlValue(head: string, value: string, pass: Pass): string {
  if (/^[\d.:${}]+$/.test(value) || value.startsWith('$')) return value;
  if (/container_name/i.test(head))
    return isOpenService(value) ? value : pass.pseudonym('container', value.toLowerCase());
  if (/user/i.test(head))
    return value
      .split(':')
      .map((part) => pass.user(part))
      .join(':');
  if (/title/i.test(head)) return titled(value, pass);
  if (/\//.test(value)) return hidePath(value, pass.pseudonym);
  return named('host', value.toLowerCase() === value ? value : value, pass);
}
