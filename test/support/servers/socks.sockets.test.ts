import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { dial, get, readAll } from './client.ts';
import { httpEndpoint } from './endpoint.ts';
import { socksServer, type SocksSettings } from './socks.ts';

const NAME = Buffer.from('plex.tv');
const PORT = Buffer.from([0, 80]);
const SOCKS4A = Buffer.concat([Buffer.from([4, 1]), PORT, Buffer.from([0, 0, 0, 1, 0]), NAME, Buffer.from([0])]);
const SOCKS4 = Buffer.concat([Buffer.from([4, 1]), PORT, Buffer.from([192, 0, 2, 1, 0])]);
const GREETING = Buffer.from([5, 1, 0]);
const GREETING_WITH_USER = Buffer.from([5, 2, 0, 2]);
const LOGIN = Buffer.from([1, 1, 0x75, 1, 0x70]);
const SOCKS5_NAME = Buffer.concat([Buffer.from([5, 1, 0, 3, NAME.length]), NAME, PORT]);
const SOCKS5_IPV6 = Buffer.concat([Buffer.from([5, 1, 0, 4, ...Array<number>(15).fill(0), 1]), PORT]);

let endpoint: Listening;
beforeAll(async () => {
  endpoint = await httpEndpoint();
});
afterAll(() => endpoint.close());

/** Sends the pieces one by one, byte by byte, each when the one before it was answered, and reads what the server says. */
async function talk(settings: SocksSettings, pieces: readonly Buffer[]): Promise<{ said: string; log: unknown }> {
  const map = { 'plex.tv': endpoint, '192.0.2.1:80': endpoint, '::1': endpoint };
  const server = await socksServer({ map, ...settings });
  const socket = await dial(server);
  // Nagle would hold single bytes back until the peer's delayed acknowledgement.
  socket.setNoDelay(true);
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('hex');
  });
  for (const piece of pieces) {
    const before = said.length;
    for (const byte of piece) socket.write(Buffer.from([byte]));
    if (settings.mode !== 'silent') await vi.waitUntil(() => said.length > before, { timeout: 30_000 });
  }
  // Whatever else it would say.
  await sleep(30);
  socket.destroy();
  await server.close();
  return { said, log: server.log };
}

describe('socksServer', () => {
  const credentials = { user: 'u', password: 'p' };
  it.each<[string, SocksSettings, readonly Buffer[], string]>([
    ['SOCKS4 to an address', {}, [SOCKS4], '005a000000000000'],
    ['SOCKS4a to a name', {}, [SOCKS4A], '005a000000000000'],
    ['SOCKS5 to a name', {}, [GREETING, SOCKS5_NAME], '050005000001000000000000'],
    ['SOCKS5 to an IPv6 address', {}, [GREETING, SOCKS5_IPV6], '050005000001000000000000'],
    [
      'SOCKS5 with user and password',
      { credentials },
      [GREETING_WITH_USER, LOGIN, SOCKS5_NAME],
      '0502010005000001000000000000',
    ],
    [
      'SOCKS5 with another password',
      { credentials: { user: 'u', password: 'q' } },
      [GREETING_WITH_USER, LOGIN],
      '05020101',
    ],
    ['SOCKS5 without the credentials it wants', { credentials }, [GREETING], '05ff'],
    ['SOCKS5 to what it cannot reach', { map: {} }, [GREETING, SOCKS5_NAME], '050005040001000000000000'],
    ['SOCKS4 to what it cannot reach', { map: {} }, [SOCKS4], '005b000000000000'],
    ['a refusal by policy', { mode: 'refuse' }, [GREETING, SOCKS5_NAME], '050005020001000000000000'],
    ['silence', { mode: 'silent' }, [GREETING], ''],
    ['garbage', { mode: 'garbage' }, [GREETING], Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex')],
  ])('%s', async (_, settings, pieces, expected) => {
    expect((await talk(settings, pieces)).said).toBe(expected);
  });

  it('remembers how the target was named', async () => {
    expect((await talk({}, [SOCKS4A])).log).toEqual([{ version: 4, addressed: 'name', host: 'plex.tv', port: 80 }]);
  });

  it('carries the connection after it', async () => {
    const server = await socksServer({ map: { 'plex.tv:80': endpoint } });
    const socket = await dial(server);
    socket.write(SOCKS4A);
    await once(socket, 'data');
    expect(await get(socket, 'plex.tv')).toMatch(/hello/);
    await server.close();
  });

  it('survives a client that leaves', async () => {
    const server = await socksServer();
    const socket = await dial(server);
    socket.end(Buffer.from([5]));
    expect(await readAll(socket)).toBe('');
    await server.close();
  });
});
