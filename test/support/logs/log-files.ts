import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { readFiles, type ReadFiles, type ReadFilesOptions } from '../../../src/gather/files/read-files.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 15);

/** A folder of log files that is removed with its contents. */
export class LogFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'log-files-'));

  /** Writes a file and returns its path. */
  add(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Reads files as `read` does, without knowing a proxy unless `more` says so. */
export function read(paths: readonly string[], more: Partial<ReadFilesOptions> = {}): Promise<ReadFiles> {
  return readFiles({
    paths,
    clients: [],
    squidLogformat: null,
    surroundings: { proxies: new Set(), endpoints: CATALOGUE },
    signal: new AbortController().signal,
    onProgress: () => {},
    nowMs: NOW_MS,
    ...more,
  });
}

/** One line of Squid's native format. */
export function squidLine(client: string, tag: string, method: string, url: string, atMs = NOW_MS): string {
  return `${(atMs / 1000).toFixed(3)}    240 ${client} ${tag} 5120 ${method} ${url} - HIER_DIRECT/198.51.100.7 -\n`;
}
