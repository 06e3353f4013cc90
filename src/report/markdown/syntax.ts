import { printable } from '../../core/values/printable.ts';
import type { Text } from '../blocks/blocks.ts';

/** The Markdown of Discourse and GitHub: every value is in a code span, and words are escaped. */

/** Discourse renders Markdown inside `<details>` only after an empty line, and needs one before the end. */
export function details(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : ['<details>', `<summary>${htmlWords(title)}</summary>`, '', ...lines, '', '</details>'];
}

/** A pipe would end a cell even inside a code span (GitHub Flavored Markdown, tables extension). */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, String.raw`\|`)).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

/** A code span, fenced by more backticks than the text has in a row. */
export function code(text: string): string {
  const flat = flatten(text).trim();
  if (flat === '') return '–';
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${space}${flat}${space}${fence}`;
}

/** Plain text that must come out as it is: on one line, no HTML, no emphasis, no mention. */
export function escape(text: string): string {
  return escapeWords(text).trim();
}

/** Words as they are, values in code spans. */
export function inline(text: Text): string {
  if (typeof text === 'string') return escape(text);
  const pieces = text.map((piece) => (typeof piece === 'string' ? escapeWords(piece) : code(piece.value)));
  return apart(pieces).trim();
}

/** Two code spans side by side would be one. */
function apart(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => text + (text.endsWith('`') && piece.startsWith('`') ? ' ' : '') + piece, '');
}

/** Without controls, and without halves of characters. */
function writable(text: string): string {
  return printable(text).replace(/\p{Surrogate}/gu, '\uFFFD');
}

function flatten(text: string): string {
  return writable(text.replace(/\s+/g, ' '));
}

function escapeWords(text: string): string {
  return split(flatten(text))
    .map(({ plain, live }) => escapeHtml(plain).replace(/[\\`*_[\]|~#@]/g, String.raw`\$&`) + (live && code(live)))
    .join('');
}

/** Words inside an HTML element, where Markdown does not hold but hosts still make mentions. */
function htmlWords(text: string): string {
  return split(flatten(text).trim())
    .map(({ plain, live }) => escapeHtml(plain) + (live && `<code>${escapeHtml(live)}</code>`))
    .join('');
}

/**
 * Words that forums and GitHub turn into something, whatever is escaped, because they look at what has been rendered: mentions, hashtags, issues,
 * commits, links to hosts and addresses of mail, emoji. Inside code they let them be.
 */
const LIVE = new RegExp(
  [
    /@/,
    /:\/\//,
    /#\w/,
    /\bwww\./i,
    /\b(?:mailto|xmpp):/i,
    /[\p{L}\p{N}_-]\.(?!(?:log|json|xml|conf|service|txt|yaml)\b)\p{L}{2}/iu,
    /:(?:(?=[\w+-]*[a-z+-])[\w+-]+|100|1234):/,
    /\bGH-\d/i,
    /\b(?=[\da-f]*\d)(?=\d*[a-f])[\da-f]{7,40}\b/i,
    /^["'([]*(?:[:;=>]['-]?[()/\\|*DPO$]|<3)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'iu',
);

/** Each of {@link LIVE} has one of these. */
const MAYBE_LIVE = /[@#.:;=<]|GH-|[\da-f]{7}/i;

/** Plain words, each piece followed by a word that must stand in code, or by ''. */
function split(text: string): readonly { readonly plain: string; readonly live: string }[] {
  if (!MAYBE_LIVE.test(text)) return [{ plain: text, live: '' }];
  const pieces: { readonly plain: string; readonly live: string }[] = [];
  let plain = '';
  for (const token of text.split(/(?<= )|(?= )/)) {
    const [, before = '', core = '', after = ''] = /^([("'[]*)(.*?)([)"'\],.;!?]*)$/u.exec(token) ?? [];
    // Punctuation around a word stays outside, where the word without it is as live.
    const live = LIVE.test(core) ? core : LIVE.test(token) ? token : '';
    if (live === '') plain += token;
    else {
      pieces.push({ plain: plain + (live === core ? before : ''), live });
      plain = live === core ? after : '';
    }
  }
  return [...pieces, { plain, live: '' }];
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A block of lines as they are, fenced by more backticks than any of them has in a row. */
export function codeBlock(language: string, lines: readonly string[]): readonly string[] {
  const own = lines.flatMap((line) => line.split(/\r\n?|\n/)).map(writable);
  const longest = Math.max(2, ...own.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence + language, ...own.map((line) => line.replace(/\s+$/, '')), fence];
}
