import { isCommonWord } from './names.ts';

/** Words that names of logs and captures are made of everywhere. */
const FILE_WORDS: ReadonlySet<string> = new Set(
  (
    'log logs txt json pcap pcapng cap dmp gz bz2 xz zst zip old bak access cache store error capture captured dump trace traffic packets ' +
    'matcher tuner service transcoder dlna relay plug plugin plugins plex com plexapp tv agents evidence report saved diagnostics dialects ' +
    'before after wireshark tshark tcpdump eth0 any stdin standard input files conf'
  ).split(' '),
);
/** Names that plug-ins' logs have: `com.plexapp.agents.imdb.log`. */
const PLUGIN_LOG = /^(?:com\.plexapp|tv\.plex)(?:\.\w+)+$/;
const ENDING = /(?:\.(?:log|txt|json|pcap|pcapng|cap|dmp|zip|gz|bz2|xz|zst|conf|html|pdf|old|bak|\d{1,8}))+$/i;

/** A path, and how many rotations of the file were read: `/var/log/access.log (3 files)`. */
export function splitCount(source: string): readonly [string, string] {
  const [, path = source, count = ''] = /^(.*?)( \(\d+ files\))?$/s.exec(source) ?? [];
  return [path, count];
}

/** What stands behind the last folder. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** `.log.2.gz` of `access.log.2.gz`; '' where the ending is none of a log or a capture. */
export function endingOf(name: string): string {
  return ENDING.exec(name)?.[0] ?? '';
}

/** What a file and its rotations have in common. */
export function fileKey(name: string): string {
  const stem = name.slice(0, name.length - endingOf(name).length);
  return (stem === '' ? name : stem).toLowerCase();
}

/** Whether a file's name says nothing about anybody. */
export function isUsualFile(name: string): boolean {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return PLUGIN_LOG.test(name) || words.every((word) => word === '' || FILE_WORDS.has(word) || isCommonWord(word));
}

/** What watches live is described, not named: `sockets of 3 processes, every 100 ms`, `standard input`. */
export function isLiveSource(source: string): boolean {
  return source === 'standard input' || /^(?:sockets|packets) of [\w, ]+$/.test(source);
}
