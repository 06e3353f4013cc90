/** A row as RFC 4180 has it, without its line break (CRLF): fields with quotes, commas or line breaks stand in quotes. */
export function csvRow(fields: readonly string[]): string {
  return fields.map(csvField).join(',');
}

/** Spreadsheets run a field that begins like a formula, so such a field begins with an apostrophe, which they take for "text". */
function csvField(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
