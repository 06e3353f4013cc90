import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { LogFolder, NOW_MS, read, squidLine } from '../../support/logs/log-files.ts';
import { zip } from '../../support/logs/zip-builder.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const SQUID =
  squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443') +
  squidLine('10.0.0.2', 'TCP_DENIED/403', 'CONNECT', 'metadata.provider.plex.tv:443', NOW_MS + 1000);

describe.skipIf(process.platform === 'win32')('pipes (skipped on Windows, which has no mkfifo)', () => {
  const fifo = (name: string): string => {
    const path = join(folder.path, name);
    execFileSync('mkfifo', [path]);
    return path;
  };
  it('reads a named pipe to its end, also a ZIP, and knows no size', async () => {
    for (const [name, content] of [
      ['log', Buffer.from(SQUID)],
      ['zip', zip([{ name: 'a.log', data: SQUID }])],
    ] as const) {
      const path = fifo(`${name}.fifo`);
      const totals = new Set<number | null>();
      const reading = read([path], { onProgress: (_bytes, total) => totals.add(total) });
      await writeFile(path, content);
      expect(valueOf((await reading).traffic)?.flows).toHaveLength(2);
      expect(totals).toEqual(new Set([null]));
    }
  });

  it('does not wait for ever for who never writes', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const { files } = await read([fifo('silent.fifo')], { signal: controller.signal });
    expect(files).toMatchObject([{ state: 'not-read' }]);
  });

  it('leaves alone a pipe that lies in a folder', async () => {
    folder.add('with-pipe/a.log', SQUID);
    fifo('with-pipe/b.fifo');
    const { files } = await read([join(folder.path, 'with-pipe')]);
    expect(files.map(({ note }) => note)).toEqual([null, 'it is a pipe, socket or device']);
  });
});
