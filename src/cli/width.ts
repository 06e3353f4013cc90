/** Lines that are longer are hard to read. */
const MOST_COLUMNS = 140;
export const DEFAULT_COLUMNS = 80;

/** The columns for what is written to a stream. */
export function widthOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  return Math.min(MOST_COLUMNS, (stream.isTTY ? stream.columns : null) || columnsOf(env) || DEFAULT_COLUMNS);
}

/** COLUMNS of a shell or a script that pipes the text on; null where it is no number of columns. */
function columnsOf(env: NodeJS.ProcessEnv): number | null {
  return /^[1-9]\d{0,3}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : null;
}
