import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Gathered } from '../../../src/core/model/evidence.ts';
import type { PmsLog } from '../../../src/core/model/traffic.ts';
import { readRecentLogs, RECENT_AGE_MS, type RecentOptions } from '../../../src/gather/experiment/recent-logs.ts';
import { LogFolder } from '../../support/logs/log-files.ts';
import { serverLine, TEXT } from '../../support/logs/pms-log-builder.ts';

const work = new LogFolder();
afterAll(() => work.remove());

const NOW_MS = Date.UTC(2026, 10, 22, 14);
const SERVER = 'Plex Media Server.log';
const OLDER = 'Plex Media Server.1.log';
const MATCHER = 'Plex Media Scanner Matcher.log';
const START = TEXT.start('Plex Media Server', '1.41.8.9834', '+02:00');

function failed(host: string): string {
  return TEXT.failure('GET', `https://${host}/x`, 28, 'Timeout was reached', 'Timeout was reached');
}

interface Log {
  /** Seconds before now, local time as written. */
  readonly lines: readonly (readonly [number, string])[];
  readonly zoneMinutes?: number;
  readonly writtenSecondsAgo?: number;
}

let servers = 0;

function recent(logs: Readonly<Record<string, Log>>, options: Partial<RecentOptions> = {}): Promise<Gathered<PmsLog>> {
  const server = `server ${++servers}`;
  const folder = '/data/Logs';
  for (const [name, { lines, zoneMinutes = 0, writtenSecondsAgo }] of Object.entries(logs)) {
    const text = lines.map(
      ([ago, line]) => `${serverLine('server', { atMs: NOW_MS - ago * 1000 + zoneMinutes * 60_000, text: line })}\n`,
    );
    const path = work.add(join(server, folder, name), text.join(''));
    const writtenAt = NOW_MS / 1000 - (writtenSecondsAgo ?? lines.at(-1)?.[0] ?? 0);
    utimesSync(path, writtenAt, writtenAt);
  }
  const signal = new AbortController().signal;
  return readRecentLogs(join(work.path, server), folder, { nowMs: NOW_MS, signal, ...options });
}

async function hostsOf(...asked: Parameters<typeof recent>): Promise<readonly string[]> {
  return valueOf(await recent(...asked)).requests.map(({ host }) => host);
}

function valueOf(log: Gathered<PmsLog>): PmsLog {
  if (log.state !== 'ok') throw new Error(log.reason.code);
  return log.value;
}

describe('readRecentLogs', () => {
  it.each<[string, Readonly<Record<string, Log>>, Partial<RecentOptions>, readonly string[]]>([
    [
      'the server, its scanners and rotated logs; not those of plug-ins or what else lies there',
      {
        [SERVER]: { lines: [[10, failed('a.example')]] },
        [OLDER]: { lines: [[99, failed('b.example')]] },
        [MATCHER]: { lines: [[50, failed('c.example')]] },
        'Plex Crash Uploader.log': { lines: [[1, failed('d.example')]] },
        'com.plexapp.system.log': { lines: [[1, failed('e.example')]] },
      },
      {},
      ['a.example', 'c.example', 'b.example'],
    ],
    [
      'the newest bytes, rotated logs last',
      {
        [SERVER]: {
          lines: [
            [20, failed('cut.example')],
            [10, failed('a.example')],
          ],
        },
        [OLDER]: { lines: [[99, failed('b.example')]] },
      },
      { limitBytes: 220 },
      ['a.example'],
    ],
    [
      'no log that was written to long ago',
      {
        [SERVER]: { lines: [[10, failed('a.example')]] },
        [MATCHER]: { lines: [[RECENT_AGE_MS / 1000 + 60, failed('c.example')]] },
      },
      {},
      ['a.example'],
    ],
  ])('reads %s', async (_, logs, options, hosts) => {
    expect(await hostsOf(logs, options)).toEqual(hosts);
  });

  it.each([
    [
      'the start line',
      {
        lines: [
          [60, START],
          [10, failed('a.example')],
        ],
        zoneMinutes: 120,
        writtenSecondsAgo: 10,
      },
    ],
    ['the time at which its last line was written', { lines: [[10, failed('a.example')]], zoneMinutes: -210 }],
  ] as const)('knows the zone by %s', async (_, log) => {
    const { requests } = valueOf(await recent({ [SERVER]: log }));
    expect(requests[0]?.lastAt).toBe('2026-11-22T13:59:50.000Z');
  });

  it('knows no zone of a log that was copied since', async () => {
    const log = { lines: [[3600, failed('a.example')]], writtenSecondsAgo: 400 } as const;
    expect(valueOf(await recent({ [SERVER]: log })).requests[0]?.lastAt).toBe('2026-11-22T13:00:00.000');
  });

  it.each<[string, Readonly<Record<string, Log>>, Partial<RecentOptions>, string]>([
    ['only old ones', { [SERVER]: { lines: [[RECENT_AGE_MS / 1000 + 60, START]] } }, {}, 'not-run NO_PMS_LOG'],
    ['an empty one', { [SERVER]: { lines: [] } }, {}, 'not-run NO_PMS_LOG'],
    ['no folder', {}, {}, 'not-run ENOENT'],
    ['no time', { [SERVER]: { lines: [[10, START]] } }, { budgetMs: 0 }, 'failed BUDGET_SPENT'],
    ['an interruption', { [SERVER]: { lines: [[10, START]] } }, { signal: AbortSignal.abort() }, 'not-run INTERRUPTED'],
  ])('says why nothing was read: %s', async (_, logs, options, expected) => {
    const log = await recent(logs, options);
    expect(log.state === 'ok' ? 'ok' : `${log.state} ${log.reason.code}`).toBe(expected);
  });
});
