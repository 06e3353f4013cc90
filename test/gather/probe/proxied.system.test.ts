import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { attempt } from '../../../src/gather/probe/attempt.ts';
import { Bench, endpointAt, proxyJob, through } from './bench.ts';

const bench = new Bench();
afterAll(() => bench.close());

/** In a process of its own: only then may the reset overtake the word that the connection was made. */
const RESETS_AT_ONCE =
  "const s = require('net').createServer((c) => c.resetAndDestroy()).listen(0, '127.0.0.1', () => console.log(s.address().port))";

describe('a proxy that resets every connection at once', () => {
  it('was reached: it is never called unreachable', async () => {
    const child = spawn(process.execPath, ['-e', RESETS_AT_ONCE], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(child.stdout, 'data');
      const context = bench.context();
      const url = `http://127.0.0.1:${Number(String(line))}`;
      const records = await Promise.all(
        Array.from({ length: 20 }, () => attempt(proxyJob(endpointAt(443)), through(url, context), context)),
      );
      expect([...new Set(records.map((r) => r.outcome))]).toEqual(['proxy-error']);
    } finally {
      child.kill();
    }
  });
});
