import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { closesInsteadOfAnswer, cutBody, hugeBody, stalledHttp } from './endpoint.ts';
import {
  closesAfterAccept,
  closesMidReply,
  connect403,
  connect407,
  connect503,
  connectThenSilent,
  endlessHeader,
  garbageReply,
  tunnelToNowhere,
} from './misbehaving-proxy.ts';
import {
  alertAfterHello,
  closesAfterHello,
  plainHttpInsteadOfTls,
  resetAfterHello,
  stalledTls,
} from './misbehaving-tls.ts';

type Ending = 'closed' | 'open' | 'ECONNRESET';
interface Heard {
  readonly text: string;
  readonly ending: Ending;
}

/** How long a server must stay open after the last that it says. */
const OPEN_MS = 150;
const ENOUGH_BYTES = 2_000_000;

/** Sends `request` and listens until the server closes, resets, has said too much, or stays open after `last`. */
function hear(server: Listening, request: string, last: RegExp | null = null): Promise<Heard> {
  return new Promise((resolve) => {
    let text = '';
    let silence: NodeJS.Timeout | undefined;
    const waitForEnd = (): void => {
      clearTimeout(silence);
      if (last?.test(text) === true) silence = setTimeout(() => finish('open'), OPEN_MS);
    };
    const socket = connect(server.port, server.host, () => {
      socket.write(request, 'latin1', waitForEnd);
    });
    const finish = (ending: Ending): void => {
      clearTimeout(silence);
      resolve({ text, ending });
      socket.destroy();
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.length > ENOUGH_BYTES) finish('open');
      else waitForEnd();
    });
    socket.on('end', () => finish('closed'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNRESET' ? 'ECONNRESET' : 'closed'));
  });
}

let server: Listening | null = null;
afterEach(() => server?.close());

const CONNECT = 'CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: plex.tv\r\n\r\n';
const HELLO = '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00';

describe('a misbehaving server', () => {
  it.each<[string, () => Promise<Listening>, string, RegExp, Ending]>([
    ['connectThenSilent', connectThenSilent, CONNECT, /^$/, 'open'],
    [
      'connect407',
      () => connect407(['Negotiate', 'Basic']),
      CONNECT,
      /^HTTP\/1.1 407 .*Negotiate realm.*Basic realm/s,
      'closed',
    ],
    ['connect403', connect403, CONNECT, /^HTTP\/1.1 403 .*X-Squid-Error: ERR_ACCESS_DENIED/s, 'closed'],
    [
      'connect503',
      () => connect503('ERR_CONNECT_FAIL 111'),
      CONNECT,
      /^HTTP\/1.1 503 .*ERR_CONNECT_FAIL 111/s,
      'closed',
    ],
    ['garbageReply', garbageReply, CONNECT, /^SSH-2.0/, 'closed'],
    ['endlessHeader', endlessHeader, CONNECT, /^HTTP\/1.1 200 [^]{1000000}/, 'open'],
    ['closesAfterAccept', closesAfterAccept, '', /^$/, 'closed'],
    ['closesMidReply', closesMidReply, CONNECT, /^HTTP\/1.1 200 Connection estab$/, 'closed'],
    ['tunnelToNowhere', tunnelToNowhere, CONNECT + HELLO, /^HTTP\/1.1 200 .*\r\n\r\n$/, 'open'],
    ['resetAfterHello', resetAfterHello, HELLO, /^$/, 'ECONNRESET'],
    ['closesAfterHello', closesAfterHello, HELLO, /^$/, 'closed'],
    ['stalledTls', stalledTls, HELLO, /^$/, 'open'],
    ['alertAfterHello', () => alertAfterHello(112), HELLO, /p$/, 'closed'],
    ['plainHttpInsteadOfTls', plainHttpInsteadOfTls, HELLO, /^HTTP\/1.1 400/, 'closed'],
    ['stalledHttp', stalledHttp, GET, /^$/, 'open'],
    ['hugeBody', hugeBody, GET, /^HTTP\/1.1 200 [^]{1000000}/, 'open'],
    ['cutBody', cutBody, GET, /only this much$/, 'closed'],
    ['closesInsteadOfAnswer', closesInsteadOfAnswer, GET, /^$/, 'closed'],
  ])('%s', async (_, start, request, says, ending) => {
    server = await start();
    const heard = await hear(server, request, ending === 'open' ? says : null);
    expect(heard.ending).toBe(ending);
    expect(heard.text).toMatch(says);
  });

  it('has one behaviour behind TLS as well', async () => {
    server = await stalledHttp({ authority: createAuthority('Root'), names: ['plex.tv'] });
    expect((await hear(server, GET)).text).not.toMatch(/^HTTP\/1.1 200/);
  });

  it('closes while connections are open', async () => {
    const silent = await connectThenSilent();
    const socket = connect(silent.port, silent.host);
    await once(socket, 'connect');
    await Promise.all([once(socket, 'close'), silent.close()]);
    expect(socket.closed).toBe(true);
  });
});
