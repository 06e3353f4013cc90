export type GelfMessage = Readonly<Record<string, string | number>>;

const STANDARD: Readonly<Record<string, 'string' | 'number'>> = {
  version: 'string',
  host: 'string',
  short_message: 'string',
  full_message: 'string',
  timestamp: 'number',
  level: 'number',
};

/** Reads GELF 1.1 strictly, one message a line: required fields, levels of syslog, names and types of additional fields; throws at anything else. */
export function parseGelf(document: string): readonly GelfMessage[] {
  const lines = document.split('\n');
  if (lines.pop() !== '') throw new Error('no line break at the end');
  return lines.map(parseMessage);
}

function parseMessage(line: string): GelfMessage {
  const given: unknown = JSON.parse(line);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(`no object: ${line}`);
  const message: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    const wanted = STANDARD[name];
    if (wanted === undefined && !/^_[\w.-]+$/.test(name)) throw new Error(`unknown field ${name}`);
    if (name === '_id') throw new Error('_id is reserved');
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`${name} is no string and no number`);
    if (wanted !== undefined && typeof value !== wanted) throw new Error(`${name} is no ${wanted}`);
    if (typeof value === 'string' && /\p{Cc}|\p{Cs}/u.test(value)) throw new Error(`${name} is not printable`);
    message[name] = value;
  }
  if (message['version'] !== '1.1') throw new Error('no version 1.1');
  if (!message['host'] || !message['short_message']) throw new Error('no host or no message');
  if (![0, 1, 2, 3, 4, 5, 6, 7].includes(Number(message['level']))) throw new Error('no level of syslog');
  return message;
}
