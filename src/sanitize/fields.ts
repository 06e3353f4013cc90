import { parseAddress } from './address.ts';
import { baseName, endingOf, fileKey, isLiveSource, isUsualFile, splitCount } from './files.ts';
import { isCommonWord } from './names.ts';
import { PSEUDONYM } from './pseudonyms.ts';
import { normalName, type Sanitizer } from './sanitizer.ts';

/**
 * A field that holds a host's name or address and nothing else. Hosts of Plex and of the catalogue, names that RFCs reserve, and words
 * such as `proxy` stay readable. Every other name is private, public names included: they tell of the other services that somebody
 * uses. In such a field a single word is a host, and so is `backup.zip`, which in a text would be a file.
 */
export function cleanHost(value: string, sanitizer: Sanitizer): string {
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
  if (piece === '' || sanitizer.isReadableHost(piece)) return true;
  return parseAddress(piece)?.scope === 'well-known' || (!piece.includes('.') && isCommonWord(piece));
}

/**
 * A field that holds a file's name or path. Folders go; a name of usual words stays (`access.log.2.gz`, `Plex Media Server.1.log`), of any
 * other the ending stays (`<file-1>.pcap`).
 */
export function cleanFile(value: string, sanitizer: Sanitizer): string {
  if (isLiveSource(value)) return sanitizer.text(value);
  const [path, count] = splitCount(value);
  const name = baseName(path);
  if (isUsualFile(name.replace(PSEUDONYM, ' '))) return sanitizer.text(name) + count;
  return sanitizer.pseudonym('file', fileKey(name)) + endingOf(name) + count;
}

const PATH = /(?<![\w:/\\])(?:[A-Za-z]:)?(?:[\\/][^\s\\/:;,"'<>|()]+){2,}/g;

/** A remark about a file: paths in it become names. */
export function cleanRemark(value: string, sanitizer: Sanitizer): string {
  return sanitizer.text(value.replace(PATH, (path) => cleanFile(path, sanitizer)));
}
