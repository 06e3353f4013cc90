/** A process as `ps` or `tasklist` lists it. */
export interface ListedProcess {
  readonly pid: number;
  /** null where the list does not say. */
  readonly ppid: number | null;
  /** Name of the program, or its path where the system gives it (macOS). */
  readonly command: string;
}

/** Reads `ps -axo pid=,ppid=,comm=`: two numbers, then a command that may hold blanks. */
export function parsePs(text: string): readonly ListedProcess[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S.*?)\s*$/.exec(line);
    return match ? [{ pid: Number(match[1]), ppid: Number(match[2]), command: match[3] ?? '' }] : [];
  });
}

/** Reads `tasklist /fo csv /nh`: quoted fields, name first, process id second. Parents are not listed. */
export function parseTasklist(text: string): readonly ListedProcess[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*"((?:[^"]|"")*)","(\d+)"/.exec(line);
    return match ? [{ pid: Number(match[2]), ppid: null, command: (match[1] ?? '').replaceAll('""', '"') }] : [];
  });
}
