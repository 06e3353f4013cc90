export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Reads a line as the runner of GitHub Actions does, the old form included; null: no command. */
export function parseCommand(line: string): WorkflowCommand | null {
  const [, head = null, data = ''] = /^[\s\u0085]*::([^]*?)::([^]*)$/.exec(line) ?? [];
  if (head !== null) return command(head, data, ',');
  const [, old = null, rest = ''] = /##\[([^]*?)\]([^]*)$/.exec(line) ?? [];
  return old === null ? null : command(old, rest, ';');
}

/** Each command in all that a step prints. */
export function commandsIn(output: string): readonly WorkflowCommand[] {
  return output.split(/\r\n|[\r\n]/).flatMap((line) => parseCommand(line) ?? []);
}

function command(head: string, data: string, separator: string): WorkflowCommand | null {
  const [, name = '', properties = ''] = /^([\w-]+)(?: ([^]*))?$/.exec(head) ?? [];
  if (name === '') return null;
  const pairs = properties.split(separator).flatMap((pair) => {
    const [, key = '', value = ''] = /^\s*([^]*?)=([^]*)$/.exec(pair) ?? [];
    return key === '' ? [] : [[key, unescape(value)] as const];
  });
  return { name, properties: Object.fromEntries(pairs), data: unescape(data) };
}

function unescape(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}
