import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { listen } from '../../../src/demo/system/listening.ts';
import { attempt } from '../../../src/gather/probe/attempt.ts';
import { Bench, endpointAt, PATIENCE_MS, proxyJob, through } from './bench.ts';

const bench = new Bench();
afterEach(() => bench.closeServers());
afterAll(() => bench.close());

const DELAY_MS = 100;

/** Answers CONNECT after a while, and calls back when the handshake begins, which it leaves without an answer. */
function slowTunnel(onHandshake: () => void): Server {
  return createServer().on('connect', (_request, socket) => {
    socket.once('data', onHandshake).on('error', () => undefined);
    setTimeout(() => socket.write('HTTP/1.1 200 OK\r\n\r\n'), DELAY_MS);
  });
}

it('the stages of an attempt share one limit: each waits for what the stages before it left', async () => {
  const controller = new AbortController();
  const proxy = await bench.serve(listen(slowTunnel(() => controller.abort())));
  const context = bench.context({ signal: controller.signal });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const record = await attempt(proxyJob(endpointAt(443)), through(`http://127.0.0.1:${proxy.port}`, context), context);
  const waits = timers.mock.calls.flatMap(([, ms = 0]) => (ms > PATIENCE_MS / 2 ? [ms] : []));
  timers.mockRestore();
  expect(record.stages.map(({ stage }) => stage)).toEqual(['tcp', 'tunnel', 'tls']);
  expect(waits.length).toBeGreaterThan(2);
  expect(waits).toEqual(waits.toSorted((a, b) => b - a));
  // Timers may be a millisecond early.
  expect(waits.at(-1)).toBeLessThanOrEqual(PATIENCE_MS - DELAY_MS + 1);
});
