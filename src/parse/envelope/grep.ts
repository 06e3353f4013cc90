import { NOTHING_INSIDE, stripped, type Envelope, type Strip } from './envelope.ts';

/** A file's name, then a line number if asked for; lines of context have hyphens instead. Names of logs have a dot or a folder. */
const MATCH =
  /^(?<path>(?:[A-Za-z]:)?(?=[\w./~\\(-])(?:[^:\0\t"]*[\\/])?(?:[^:\\/\0\t"]*?(?:\.(?:log|txt|gz|json|out|\d{1,8})|log|syslog|messages)(?:\.\d{1,8}|-\d{6,14})?(?:\.gz)?))(?:(?::\d+)?:|-(?:\d+-)?)(?<text>.*)$/is;

/** `grep -H`, `-n` and `-C`, findstr and Select-String. */
const GREP: Envelope = {
  id: 'grep',
  name: 'names of files (grep -H)',
  isWeak: true,
  open: (): Strip => (line) => {
    if (line === '--') return NOTHING_INSIDE;
    const groups = MATCH.exec(line)?.groups;
    return groups?.['text'] === undefined ? null : stripped(groups['text'], fileName(groups['path'] ?? ''));
  },
};

const HEADER = /^==> (?<path>.+) <==$/;

/** `tail` and `head` of several files. */
const TAIL: Envelope = {
  id: 'tail',
  name: 'headers of files (tail)',
  isWeak: true,
  applies: (lines) => lines.some((line) => HEADER.test(line)),
  open: (): Strip => {
    let source: string | null = null;
    return (line) => {
      const path = HEADER.exec(line)?.groups?.['path'];
      if (path === undefined) return stripped(line, source);
      source = fileName(path);
      return NOTHING_INSIDE;
    };
  },
};

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

export const FILE_HEADERS: readonly Envelope[] = [TAIL];

export const FILE_NAMES: readonly Envelope[] = [GREP];
