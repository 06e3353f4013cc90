/** The Markdown of Discourse and GitHub: every value is in a code span or escaped. */

/** Discourse renders Markdown inside `<details>` only after an empty line, and needs one before the end. */
export function details(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : ['<details>', `<summary>${escapeHtml(title)}</summary>`, '', ...lines, '', '</details>'];
}

/** A pipe would end a cell even inside a code span (GitHub Flavored Markdown, tables extension). */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, String.raw`\|`)).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

/** A code span, fenced by more backticks than the text has in a row. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat === '') return '–';
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${space}${flat}${space}${fence}`;
}

/** Plain text that must come out as it is: on one line, no HTML, no emphasis, no mention. */
export function escape(text: string): string {
  return escapeHtml(text.replace(/\s+/g, ' ').trim()).replace(/[\\`*_[\]|~#@]/g, String.raw`\$&`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A block of lines as they are, fenced by more backticks than any of them has in a row. */
export function codeBlock(language: string, lines: readonly string[]): readonly string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence + language, ...lines.map((line) => line.replace(/\s+$/, '')), fence];
}
