import { describe, expect, it } from 'vitest';
import { joinPmsLogs, type ReadPmsLog } from '../../../../src/gather/files/join/pms-logs.ts';
import { PmsLogReader } from '../../../../src/parse/pms-log/index.ts';
import { serverLine, TEXT } from '../../../support/logs/pms-log-builder.ts';

const AT = Date.UTC(2026, 10, 22, 14);
const HOUR = 3_600_000;
const PROVIDER = 'https://metadata.provider.plex.tv/library/metadata/matches';

function startLine(program: string, version: string): string {
  return `${program} v${version} - PC x86_64 - build: linux-x86_64 debian - GMT 00:00`;
}

/** One log with messages an hour apart. */
function log(name: string, fromHour: number, ...texts: readonly string[]): ReadPmsLog {
  const reader = new PmsLogReader({ name });
  for (const [index, text] of texts.entries())
    reader.push(Buffer.from(`${serverLine('server', { atMs: AT + (fromHour + index) * HOUR, text })}\n`));
  const summary = reader.end();
  return {
    path: `/Logs/${name}`,
    name,
    summary,
    ...reader.records(),
  };
}

describe('joinPmsLogs', () => {
  it('lists the starts of PMS in order of time, whatever the order of the files, and no start of its tools', () => {
    const { starts } = joinPmsLogs([
      log('Plex Media Server.log', 5, startLine('Plex Media Server', '1.41.8.9834')),
      log('Plex Media Server.1.log', 0, startLine('Plex Media Server', '1.40.0.7998')),
      log('Plex Tuner Service.log', 7, startLine('Plex Tuner Service', '1.41.8.9834')),
    ]);
    expect(starts).toEqual([
      { at: '2026-11-22T14:00:00.000Z', version: '1.40.0.7998' },
      { at: '2026-11-22T19:00:00.000Z', version: '1.41.8.9834' },
    ]);
  });

  it.each([
    ['curl names the endpoint', 'Failed to connect to metadata.provider.plex.tv port 443 after 8 ms: x', 'direct'],
    ['curl names another host', 'Failed to connect to 192.0.2.8 port 3128 after 8 ms: x', 'proxy'],
    ['curl names no host', "Couldn't connect to server", null],
  ])('says by which route a request failed: %s', (_, words, route) => {
    const { requests } = joinPmsLogs([
      log('Plex Media Scanner Matcher.log', 0, TEXT.failure('GET', PROVIDER, 7, "Couldn't connect to server", words)),
    ]);
    expect(requests).toMatchObject([{ host: 'metadata.provider.plex.tv', route }]);
  });
});
