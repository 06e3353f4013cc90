import { BUILTIN_FORMATS, compileFormat, type SquidFormat } from './format/logformat.ts';

export interface ConfiguredFormat {
  readonly name: string;
  readonly format: SquidFormat;
  /** In squid.conf, from 1. */
  readonly line: number;
}

/** One `access_log` line. */
export interface ConfiguredLog {
  /** `stdio`, `daemon`, `syslog`, `udp`, `tcp`; a place without a module is of `stdio`. */
  readonly module: string;
  /** For stdio and daemon the path of the file. */
  readonly place: string;
  readonly formatName: string;
  /** null: it is not defined in this text; an included file may define it. */
  readonly format: SquidFormat | null;
  readonly line: number;
}

export interface ConfigProblem {
  readonly line: number;
  readonly rule: string;
}

export interface LogConfiguration {
  readonly formats: readonly ConfiguredFormat[];
  readonly logs: readonly ConfiguredLog[];
  /** Files and patterns that `include` names: they are not part of this text. */
  readonly includes: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

const CONFIG_LIMIT = 4 * 1024 * 1024;

interface Directive {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/**
 * Every `logformat` of a squid.conf, and the format of each log. Quotes around the codes belong to the format, as Squid 5.7
 * shows. A log without a format is in `squid`; `access_log none` is left out. An unreadable part becomes a problem with its
 * line; the rest is still used.
 */
export function formatsOfConfig(text: string): LogConfiguration {
  if (text.length > CONFIG_LIMIT) {
    return {
      formats: [],
      logs: [],
      includes: [],
      problems: [{ line: 1, rule: `more than ${CONFIG_LIMIT} characters` }],
    };
  }
  const directives = directivesOf(text);
  const formats: ConfiguredFormat[] = [];
  const problems: ConfigProblem[] = [];
  for (const { name, value, line } of directives) {
    if (name !== 'logformat') continue;
    const result = compileFormat(`logformat ${value}`);
    if (result.kind === 'malformed') problems.push({ line, rule: result.rule });
    else if (result.format.name !== null) formats.push({ name: result.format.name, format: result.format, line });
  }
  // The last definition counts; Squid warns about the others.
  const known = new Map<string, SquidFormat>(Object.entries(BUILTIN_FORMATS));
  for (const { name, format } of formats) known.set(name, format);
  const logs = directives.flatMap((directive) => logOf(directive, known) ?? []);
  for (const { format, formatName, line } of logs) {
    if (format === null) problems.push({ line, rule: `no logformat ${formatName.slice(0, 64)} in this file` });
  }
  const includes = directives.filter(({ name }) => name === 'include').map(({ value }) => value);
  return { formats, logs, includes, problems: problems.sort((a, b) => a.line - b.line) };
}

/** Lines that end in a backslash go on; the number is that of the first line (parseOneConfigFile in src/cache_cf.cc). */
function directivesOf(text: string): Directive[] {
  const directives: Directive[] = [];
  let pending = '';
  let start = 1;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (pending === '') start = index + 1;
    if (raw.endsWith('\\')) {
      pending += raw.slice(0, -1);
      continue;
    }
    const [, name, value = ''] = /^\s*([a-z_]+)(?:\s+(.*))?$/s.exec(pending + raw) ?? [];
    pending = '';
    if (name !== undefined) directives.push({ name, value: value.trim(), line: start });
  }
  return directives;
}

/**
 * `access_log [module:]place [option=value …] [format] [acl …]`. The first word without `=` is a format when it is the name of one,
 * else an ACL (parse_access_log in src/cache_cf.cc).
 */
function logOf({ name, value, line }: Directive, known: ReadonlyMap<string, SquidFormat>): ConfiguredLog | null {
  const [destination = '', ...words] = value.split(/\s+/);
  if (name !== 'access_log' || destination === '' || destination === 'none') return null;
  const [, module = 'stdio', place = destination] = /^(stdio|daemon|syslog|udp|tcp):(.*)$/.exec(destination) ?? [];
  const option = words.find((word) => word.startsWith('logformat='))?.slice('logformat='.length);
  const [first] = words.filter((word) => !/^[a-z-]+=/.test(word));
  const formatName = option ?? (first !== undefined && known.has(first) ? first : 'squid');
  return { module, place, formatName, format: known.get(formatName) ?? null, line };
}
