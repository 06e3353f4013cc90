/** Breaks a line at blanks; `margin` stands before it, and the lines that follow are indented two columns more. */
export function wrapped(line: string, width: number, margin = '  '): readonly string[] {
  const indent = `${margin}${/^ */.exec(line)?.[0] ?? ''}`;
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(' ')) {
    const longer = current === '' ? indent + word : `${current} ${word}`;
    if (longer.length > width && current !== '') {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current = longer;
  }
  return [...lines, current];
}
