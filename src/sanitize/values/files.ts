import { isCommonWord } from './names.ts';
import { PSEUDONYM, type PseudonymKind } from './pseudonym-kinds.ts';
import { isOpenService, splitUnit } from './programs.ts';

/** Words that names of logs and captures are made of everywhere. */
const FILE_WORDS: ReadonlySet<string> = new Set(
  (
    'log logs txt json pcap pcapng cap dmp gz bz2 xz zst zip old bak access cache store error capture captured dump trace traffic packets ' +
    'preferences xml compose docker matcher tuner service transcoder dlna relay plug plugin plugins plex com plexapp tv agents evidence report saved diagnostics dialects ' +
    'before after wireshark tshark tcpdump eth0 any stdin standard input files conf policy yaml yml hosts'
  ).split(' '),
);
/** Words that folders of systems, of their packages and of Plex are called by. */
const FOLDER_WORDS: ReadonlySet<string> = new Set(
  (
    'homes services usr lib lib64 libexec etc opt var srv home root run proc tmp mnt mount media data config share shares apps program programs files file x86 ' +
    'users library application support appdata roaming preferences frameworks contents macos resources volume volume1 volumes cachedev1 qpkg ' +
    'packages target current store profile sw systemd system attached control user transient generator early late sysconfig init conf override ' +
    'drop default defaults environ environment profile bashrc containers container storage overlay overlay2 overlayfs io runtime v2 task s6 compose ' +
    'merged diff snap docker containerd common exe cacert pem libcurl so plexpass installations'
  ).split(' '),
);
/** Names that plug-ins' logs have: `com.plexapp.agents.imdb.log`. */
const PLUGIN_LOG = /^(?:com\.plexapp|tv\.plex)(?:\.\w+)+$/;
const ENDING =
  /(?:\.(?:log|txt|jsonl?|pcap|pcapng|cap|dmp|zip|tar|tgz|gz|bz2|xz|zst|conf|cfg|ini|env|sh|yaml|yml|xml|html|csv|md|pdf|pem|crt|cer|pac|service|old|bak|\d{1,8}))+$/i;

/** A path, and how many rotations of the file were read: `/var/log/access.log (3 files)`. */
export function splitCount(source: string): readonly [string, string] {
  const [, path = source, count = ''] = /^(.*?)( \(\d+ files\))?$/s.exec(source) ?? [];
  return [path, count];
}

/** The part of a path behind its last folder. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** `.log.2.gz` of `access.log.2.gz`; '' where the ending is none of a log or a capture. */
export function endingOf(name: string): string {
  return ENDING.exec(name)?.[0] ?? '';
}

/** The part of the name that a file shares with its rotations. */
export function fileKey(name: string): string {
  const stem = name.slice(0, name.length - endingOf(name).length);
  return (stem === '' ? name : stem).toLowerCase();
}

/** Whether a file's name consists of words that logs and captures have everywhere. */
export function isUsualFile(name: string): boolean {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return PLUGIN_LOG.test(name) || words.every((word) => word === '' || FILE_WORDS.has(word) || isCommonWord(word));
}

/** Whether a folder's name says nothing about its machine. */
function isUsualFolder(name: string): boolean {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => FOLDER_WORDS.has(word) || isUsualFile(word));
}

/** Whether a text begins like the path of a file. */
export function isPath(text: string): boolean {
  return /^(?:[A-Za-z]:)?[\\/]/.test(text);
}

/** A path, the line in it, and a note: `/etc/x.conf`, `:2`, `PassEnvironment, /etc/y.conf:1`. */
export function splitPlace(place: string): { readonly path: string; readonly line: string; readonly note: string } {
  const [, path = place, line = '', note = ''] = /^(.*?)(?:(:\d+)(?: \((.*)\))?)?$/s.exec(place) ?? [];
  return { path, line, note };
}

/**
 * A path with pseudonyms for the folders, the unit and the file that may tell something. The folder below `home` is left to the rule that
 * knows it for a user's name.
 */
export function hidePath(path: string, pseudonym: (kind: PseudonymKind, key: string) => string): string {
  const parts = path.split(/([\\/]+)/);
  return parts
    .map((part, i) => {
      const name = part.replace(PSEUDONYM, ' ');
      if (i % 2 === 1 || isUsualFolder(name) || /^(?:home|users)$/i.test(parts[i - 2] ?? '')) return part;
      const [unit, unitEnding] = splitUnit(part);
      if (unitEnding !== '') return isOpenService(unit) ? part : pseudonym('unit', unit.toLowerCase()) + unitEnding;
      return i === parts.length - 1
        ? pseudonym('file', fileKey(part)) + endingOf(part)
        : pseudonym('folder', part.toLowerCase());
    })
    .join('');
}
