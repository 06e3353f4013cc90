import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { file as fileClass } from '../../core/model/privacy.ts';
import { listInputs, type InputPath } from '../../gather/files/open/input-paths.ts';
import { openSource } from '../../gather/files/open/byte-source.ts';
import { Trouble, troubleOf } from '../../gather/files/open/trouble.ts';
import { sanitizeEvidenceWith, sanitizeReportWith } from '../../sanitize/documents.ts';
import { cleanDocument } from '../../sanitize/fields.ts';
import { LineSanitizer } from '../../sanitize/lines/line-sanitizer.ts';
import { hideLogParts } from '../../sanitize/rules/log-lines.ts';
import { hidePreferences } from '../../sanitize/rules/preferences.ts';
import { Sanitizer } from '../../sanitize/sanitizer.ts';
import { EXIT } from '../../core/verdict/verdict.ts';
import { reasonOf } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { LeftOut, treat, type Content, type Sink, type TextFilter, type Treatment } from './content.ts';
import { loadMap, reveal, saveMap } from './map.ts';
import { seedsOfHost } from './seeds.ts';

export interface SanitizeOptions {
  /** `-` is standard input. */
  readonly files: readonly string[];
  /** A folder; null: standard output. */
  readonly output: string | null;
  readonly map: string | null;
  readonly reveal: string | null;
  readonly keep: readonly string[];
  readonly hide: readonly string[];
  /** Addresses of the machines whose lines stay in the logs of proxies; empty: all lines stay. */
  readonly clients: readonly string[];
  readonly check: boolean;
}

/** Lines that `--check` names of one file. */
const CHECK_LINES_SHOWN = 100;
const FILE = fileClass();

/** `sanitize FILE…`: makes files safe to post. Resolves with the exit code. */
export async function sanitizeFiles(options: SanitizeOptions, terminal: Terminal): Promise<number> {
  const inputs = await listInputs(options.files);
  checkUsage(options, inputs);
  return terminal.interruptible(async (signal) => {
    const work =
      options.reveal === null ? await sanitizing(options, terminal, inputs) : await revealing(options.reveal);
    if (options.output !== null) await makeFolder(options.output);
    const taken = new Set<string>();
    let failed = false;
    for (const [index, input] of inputs.entries()) {
      const place = work.treatment.name(basename(input.path === '-' ? 'standard input' : input.path));
      try {
        const target =
          options.check || options.output === null
            ? null
            : await targetOf(options.output, freeName(place, taken), inputs);
        await treatFile(input, place, work.treatment, target, options.check ? null : terminal, signal);
        await work.done?.(place, target);
      } catch (error) {
        const trouble = error instanceof Trouble ? error : troubleOf(error);
        failed = true;
        const which = inputs.length === 1 ? '' : `file ${index + 1} of ${inputs.length}, `;
        const given = input.path === '-' ? place : terminal.net.value(FILE, input.path);
        const lines =
          trouble instanceof LeftOut
            ? trouble.files.map((each) => `left out of ${place}: ${each}`)
            : [`${which}${given}: ${trouble.message}`];
        for (const line of lines) terminal.note(line);
        if (signal.aborted) break;
      }
    }
    if (options.map !== null && work.sanitizer !== null && !options.check)
      await saveMap(options.map, work.sanitizer.seeds().assigned);
    if (signal.aborted) return EXIT.interrupted;
    if (failed) return EXIT.usage;
    return work.found() ? EXIT.problems : EXIT.ok;
  });
}

function checkUsage(
  { output, check, reveal: map, files, map: used }: SanitizeOptions,
  inputs: readonly InputPath[],
): void {
  if (map !== null && (check || used !== null))
    throw new UsageError('--reveal undoes what was done: leave out --check and --map');
  if (output === null && !check && (files.length !== 1 || inputs.length !== 1))
    throw new UsageError('sanitize: several files need a folder to be written to: add -o DIR');
}

interface Work {
  readonly treatment: Treatment;
  readonly sanitizer: Sanitizer | null;
  /** Tells about a file that is done. */
  done?(place: string, target: string | null): Promise<void>;
  /** `--check` found something. */
  found(): boolean;
}

async function revealing(path: string): Promise<Work> {
  const values = await loadMap('reveal', path, false);
  return {
    treatment: {
      text: () => byWholeLines((text) => reveal(text, values)),
      document: () => null,
      name: (name) => name,
    },
    sanitizer: null,
    found: () => false,
  };
}

async function sanitizing(options: SanitizeOptions, terminal: Terminal, inputs: readonly InputPath[]): Promise<Work> {
  const assigned = options.map === null ? {} : await loadMap('map', options.map, true);
  const seeds = await seedsOfHost(
    terminal,
    options,
    inputs.map(({ path }) => path),
    assigned,
  );
  const sanitizer = new Sanitizer(seeds, [hidePreferences, hideLogParts], true);
  const isOf = clientFilter(options.clients);
  let lines: LineSanitizer[] = [];
  let findings: string[] = [];
  let anything = false;
  let before = sanitizer.removed;
  const name = (path: string): string =>
    path
      .split(/[\\/]/)
      .filter((part) => part !== '' && part !== '..')
      .map((part) => String(cleanDocument(FILE, part, sanitizer)).replace(/[<>]/g, ''))
      .join('/');
  return {
    sanitizer,
    treatment: {
      name,
      text: (place, isProxyLog) => {
        const filter = new LineSanitizer(sanitizer, {
          ...(isProxyLog && isOf !== null ? { keep: isOf } : {}),
          ...(options.check
            ? {
                onChange: (line, removed) => {
                  anything = true;
                  if (findings.length <= CHECK_LINES_SHOWN) findings.push(`${place}:${line}: ${tellCounts(removed)}`);
                },
              }
            : {}),
        });
        lines.push(filter);
        return filter;
      },
      document: (place, { kind, value }) => {
        const { document, removed } =
          kind === 'evidence' ? sanitizeEvidenceWith(value, sanitizer) : sanitizeReportWith(value, sanitizer);
        if (options.check && Object.keys(removed).length > 0) {
          anything = true;
          findings.push(`${place}: ${tellCounts(Object.entries(removed))}`);
        }
        return `${JSON.stringify(document, null, 1)}\n`;
      },
    },
    async done(place, target) {
      const counts = sum(lines);
      if (options.check) {
        const more =
          findings.length > CHECK_LINES_SHOWN ? [`${place}: and ${counts.changed - CHECK_LINES_SHOWN} more lines`] : [];
        await terminal.print([...findings.slice(0, CHECK_LINES_SHOWN), ...more, ''].join('\n'));
      } else {
        const removed = Object.entries(sanitizer.removed).map(
          ([kind, count]) => [kind, count - (before[kind] ?? 0)] as const,
        );
        const dropped = counts.dropped === 0 ? '' : `, ${plural(counts.dropped, 'line')} of other machines left out`;
        const where = target === null ? '' : ` → ${basename(target)}`;
        terminal.note(
          `${place}${where}: ${plural(counts.lines, 'line')}, ${counts.changed} changed${dropped}; ${tellCounts(removed) || 'nothing private was found'}`,
        );
      }
      before = sanitizer.removed;
      lines = [];
      findings = [];
    },
    found: () => anything,
  };
}

function sum(all: readonly LineSanitizer[]): {
  readonly lines: number;
  readonly changed: number;
  readonly dropped: number;
} {
  return all.reduce(
    (total, { counts }) => ({
      lines: total.lines + counts.lines,
      changed: total.changed + counts.changed,
      dropped: total.dropped + counts.dropped,
    }),
    { lines: 0, changed: 0, dropped: 0 },
  );
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function tellCounts(counts: readonly (readonly [kind: string, count: number])[]): string {
  return counts.flatMap(([kind, count]) => (count > 0 ? [`${kind} ${count}`] : [])).join(', ');
}

/** A line of a proxy's log is a machine's when its address stands in it as a word. */
function clientFilter(clients: readonly string[]): ((line: string) => boolean) | null {
  if (clients.length === 0) return null;
  const escaped = clients.map((client) => client.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  const pattern = new RegExp(`(?<![\\w.:-])(?:${escaped.join('|')})(?![\\w-]|\\.\\d)`, 'i');
  return (line) => pattern.test(line);
}

const LINE_FEED = 0x0a;

function byWholeLines(change: (text: string) => string): TextFilter {
  let rest = Buffer.alloc(0);
  return {
    push(chunk) {
      const bytes = Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      rest = Buffer.from(bytes.subarray(end));
      return end === 0 ? [] : [Buffer.from(change(bytes.toString('utf8', 0, end)))];
    },
    end: () => [Buffer.from(change(rest.toString('utf8')))],
  };
}

async function treatFile(
  { path, trouble }: InputPath,
  place: string,
  treatment: Treatment,
  target: string | null,
  terminal: Terminal | null,
  signal: AbortSignal,
): Promise<void> {
  if (trouble !== null) throw new Trouble(trouble);
  const source = await openSource(path, signal);
  try {
    const { handle, sizeBytes, chunks } = source;
    const content: Content = {
      place,
      chunks: untilAborted(chunks, signal),
      archive: handle === null || sizeBytes === null ? null : { fd: handle.fd, sizeBytes },
    };
    if (target === null)
      await treat(content, treatment, terminal === null ? () => Promise.resolve() : (bytes) => terminal.write(bytes));
    else await writeWhole(target, (sink) => treat(content, treatment, sink));
  } finally {
    await source.close();
  }
}

async function* untilAborted(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (signal.aborted) throw new Trouble('interrupted: nothing was written');
    yield chunk;
  }
}

/** Writes a file whole or not at all, readable by its owner only. A ZIP without some of its files is whole. */
async function writeWhole(target: string, write: (sink: Sink) => Promise<void>): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  let leftOut: LeftOut | null = null;
  try {
    try {
      await write(async (bytes) => {
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      });
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut = error;
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (leftOut !== null) throw leftOut;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await stat(path)).isDirectory()) throw new UsageError(`--output: ${path} is no folder`);
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(`--output: cannot make the folder ${path}: ${reasonOf(error)}`);
  }
}

/** Two inputs of one name in different folders are two outputs. */
function freeName(name: string, taken: Set<string>): string {
  const [, stem = name, ending = ''] = /^(.+?)((?:\.\w+)*)$/.exec(name) ?? [];
  let free = name;
  for (let i = 2; taken.has(free); i += 1) free = `${stem}-${i}${ending}`;
  taken.add(free);
  return free;
}

async function targetOf(folder: string, name: string, inputs: readonly InputPath[]): Promise<string> {
  const target = join(folder, name);
  const real = await realpath(target).catch(() => null);
  if (real !== null) {
    for (const { path } of inputs)
      if ((await realpath(path).catch(() => null)) === real)
        throw new Trouble('the result would take the place of the file itself: choose another folder for -o');
    if (!(await stat(real)).isFile()) throw new Trouble('there is something else of this name in the folder of -o');
  }
  return target;
}
