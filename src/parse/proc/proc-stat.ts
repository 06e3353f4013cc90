export interface ProcStat {
  /** Cut to 15 bytes by the kernel. */
  readonly comm: string;
  /** One letter: `R`, `S`, `Z` … */
  readonly state: string;
  readonly ppid: number;
}

/** Reads the beginning of `/proc/PID/stat`. The name stands in parentheses and may hold blanks and parentheses itself. */
export function parseProcStat(text: string): ProcStat | null {
  const match = /^\d+ \(([\s\S]*)\) ([A-Za-z]) (\d+)(?: |$)/.exec(text);
  return match ? { comm: match[1] ?? '', state: match[2] ?? '', ppid: Number(match[3]) } : null;
}

/** The 22nd field of `/proc/PID/stat`: when the process started, in clock ticks since boot. With the pid it names one process for good. */
export function parseStartTicks(text: string): number | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[19]);
  return fields[19] === undefined || fields[19] === '' || Number.isNaN(ticks) ? null : ticks;
}
