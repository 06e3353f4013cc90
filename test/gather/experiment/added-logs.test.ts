import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Gathered } from '../../../src/core/model/evidence.ts';
import type { PmsLog } from '../../../src/core/model/traffic.ts';
import { markLogs, readAddedLogs } from '../../../src/gather/experiment/added-logs.ts';
import { LogFolder } from '../../support/logs/log-files.ts';
import { serverLine, TEXT } from '../../support/logs/pms-log-builder.ts';

const work = new LogFolder();
afterAll(() => work.remove());

const NOW_MS = Date.UTC(2026, 10, 22, 14, 3, 11, 250);
const MARKER = 'pms-proxy-doctor 1a2b3c4d';
const SERVER = 'Plex Media Server.log';
const MATCHER = 'Plex Media Scanner Matcher.log';
const FAILED = TEXT.failure('GET', 'https://metadata.provider.plex.tv/library', 28, 'Timeout was reached', 'timed out');

let servers = 0;

interface Meanwhile {
  /** Lines by file, each so many milliseconds after the mark. */
  readonly lines: Readonly<Record<string, readonly (readonly [number, string])[]>>;
  readonly zoneMinutes?: number;
  readonly before?: Readonly<Record<string, string>>;
}

async function logged({ lines, zoneMinutes = 0, before = {} }: Meanwhile): Promise<Gathered<PmsLog>> {
  const root = join(work.path, `server ${++servers}`);
  const folder = '/Library/Logs';
  mkdirSync(join(root, folder), { recursive: true });
  const localMs = NOW_MS + zoneMinutes * 60_000;
  const write = (name: string, text: string): void => appendFileSync(join(root, folder, name), text);
  write(SERVER, `${serverLine('server', { atMs: localMs - 60_000, text: FAILED })}\n`);
  for (const [name, text] of Object.entries(before)) write(name, text);
  const marks = await markLogs(root, folder);
  for (const [name, own] of Object.entries(lines))
    for (const [afterMs, text] of own) write(name, `${serverLine('server', { atMs: localMs + afterMs, text })}\n`);
  return readAddedLogs(marks, { text: MARKER, sentMs: NOW_MS });
}

function valueOf(log: Gathered<PmsLog>): PmsLog {
  if (log.state !== 'ok') throw new Error(log.reason.code);
  return log.value;
}

const BEGIN = [3, `${MARKER} begins`] as const;

it('only what was added counts', async () => {
  const log = valueOf(await logged({ lines: { [SERVER]: [BEGIN, [900, FAILED]] } }));
  expect(log.requests).toMatchObject([
    { host: 'metadata.provider.plex.tv', count: 1, lastAt: '2026-11-22T14:03:12.150Z' },
  ]);
});

describe('the zone of PMS is that by which it dates our own line', () => {
  it.each([
    ['UTC', 0],
    ['behind', -360],
    ['ahead, by half an hour', 330],
    ['ahead, by three quarters', 765],
    ['behind, by half an hour', -210],
  ])('%s', async (_, zoneMinutes) => {
    const log = valueOf(
      await logged({ zoneMinutes, lines: { [SERVER]: [BEGIN, [900, FAILED]], [MATCHER]: [[1_500, FAILED]] } }),
    );
    expect(Object.fromEntries(log.files.map(({ name, zoneOffsetMinutes }) => [name, zoneOffsetMinutes]))).toEqual({
      [MATCHER]: zoneMinutes,
      [SERVER]: zoneMinutes,
    });
    expect(log.requests.map(({ lastAt }) => lastAt ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      '2026-11-22T14:03:12.150Z',
      '2026-11-22T14:03:12.750Z',
    ]);
  });

  it('a line that PMS wrote some seconds late does not shift it', async () => {
    const log = valueOf(await logged({ zoneMinutes: 60, lines: { [SERVER]: [[4_000, `${MARKER} begins`]] } }));
    expect(log.files[0]?.zoneOffsetMinutes).toBe(60);
  });

  it('without our line it is not known, and times are as written', async () => {
    const log = valueOf(await logged({ zoneMinutes: 60, lines: { [SERVER]: [[900, FAILED]] } }));
    expect(log.files[0]?.zoneOffsetMinutes).toBeNull();
    expect(log.requests[0]?.lastAt).toBe('2026-11-22T15:03:12.150');
  });
});

it('a log that a process begins only now belongs to it; those of plug-ins, and rotated ones, do not', async () => {
  const line: readonly [number, string] = [900, FAILED];
  const log = valueOf(
    await logged({
      lines: {
        [SERVER]: [BEGIN],
        [MATCHER]: [line],
        'Plex Media Scanner.1.log': [line],
        'com.plexapp.agents.imdb.log': [line],
      },
    }),
  );
  expect(log.files.map(({ name }) => name).toSorted()).toEqual([MATCHER, SERVER]);
});

it('nothing logged is said', async () => {
  expect(await logged({ lines: {} })).toMatchObject({ state: 'not-run', reason: { code: 'NO_PMS_LOG' } });
});

it('logs that are gone cannot be read, and no path is in the words for that', async () => {
  const path = work.add('gone/Logs/Plex Media Server.log', 'x\n');
  const marks = await markLogs('/', dirname(path));
  rmSync(dirname(path), { recursive: true });
  const read = await readAddedLogs(marks, { text: MARKER, sentMs: NOW_MS });
  expect(read).toMatchObject({ state: 'failed', reason: { code: 'EACCES' } });
  expect(JSON.stringify(read)).not.toContain(work.path);
});

it('what could not be marked is not read', async () => {
  const marks = await markLogs(work.path, '/nowhere');
  expect(marks.state).not.toBe('ok');
  expect(await readAddedLogs(marks, { text: MARKER, sentMs: NOW_MS })).toEqual(marks);
});
