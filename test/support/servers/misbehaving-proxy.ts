import { createServer, type Socket } from 'node:net';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';

/** A TCP server that does one thing to every connection. */
function misbehaving(onConnection: (socket: Socket) => void): Promise<Listening> {
  return listen(createServer(onConnection));
}

/** Answers the first complete request header with `reply` and closes, or keeps the connection open if told. */
function answeringOnce(reply: string, after: 'close' | 'stay' = 'close'): Promise<Listening> {
  return misbehaving((socket) => {
    let received = '';
    socket.on('data', (chunk) => {
      const complete = received.includes('\r\n\r\n');
      received += chunk.toString('latin1');
      if (complete || !received.includes('\r\n\r\n')) return;
      if (after === 'close') socket.end(reply, 'latin1');
      else socket.write(reply, 'latin1');
    });
  });
}

function httpReply(status: string, headers: readonly string[], body = ''): string {
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** Accepts, reads everything and never says a word. */
export function connectThenSilent(): Promise<Listening> {
  return misbehaving((socket) => socket.resume());
}

/** Wants authentication; one `Proxy-Authenticate` header per scheme, with a realm that must never reach a report. */
export function connect407(schemes: readonly string[] = ['Basic']): Promise<Listening> {
  const challenges = schemes.map((scheme) => `Proxy-Authenticate: ${scheme} realm="secret-realm"`);
  return answeringOnce(httpReply('407 Proxy Authentication Required', challenges, 'who are you?'));
}

/** Denies by policy, as Squid does. `headers` (`Name: value`) replace the ones that say why. */
export function connect403(headers: readonly string[] = ['X-Squid-Error: ERR_ACCESS_DENIED 0']): Promise<Listening> {
  return answeringOnce(httpReply('403 Forbidden', ['Server: squid/6.13', ...headers], 'denied'));
}

/** Leads every request to a block page. */
export function redirectsToBlockPage(): Promise<Listening> {
  return answeringOnce(httpReply('302 Found', ['Location: http://block.proxy.test/why?host=plex']));
}

/** Has had too many requests. */
export function limitsRequests(status: '429 Too Many Requests' | '503 Service Unavailable'): Promise<Listening> {
  return answeringOnce(httpReply(status, ['Retry-After: 1'], 'slow down'));
}

/** Takes CONNECT alone: plain HTTP gets a page of its own. */
export function connectOnly(headers: readonly string[]): Promise<Listening> {
  return answeringOnce(httpReply('405 Method Not Allowed', ['Content-Type: text/html', ...headers], '<p>no</p>'));
}

/** Fails on its own side: `ERR_DNS_FAIL 0`, `ERR_CONNECT_FAIL 111`, … */
export function connect503(squidError = 'ERR_DNS_FAIL 0'): Promise<Listening> {
  const headers = ['Server: squid/6.13', `X-Squid-Error: ${squidError}`];
  return answeringOnce(httpReply('503 Service Unavailable', headers, 'failed'));
}

/** Answers with something that is not HTTP (an SSH banner is what a wrong port often gives). */
export function garbageReply(reply = 'SSH-2.0-OpenSSH_9.6\r\n\r\n'): Promise<Listening> {
  return answeringOnce(reply);
}

/** Starts a 200 and then sends header lines for as long as anyone reads them. */
export function endlessHeader(): Promise<Listening> {
  const line = Buffer.from(`X-Filler: ${'x'.repeat(1_000)}\r\n`);
  return misbehaving((socket) => {
    const pump = (): void => {
      while (socket.writable && socket.write(line));
    };
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n');
      socket.on('drain', pump);
      pump();
    });
  });
}

/** Closes the connection (FIN) as soon as it stands. */
export function closesAfterAccept(): Promise<Listening> {
  return misbehaving((socket) => socket.resume().end());
}

/** Closes in the middle of its status line and headers. */
export function closesMidReply(): Promise<Listening> {
  return answeringOnce('HTTP/1.1 200 Connection estab');
}

/** Answers 200 to CONNECT and then nothing: the tunnel leads nowhere. */
export function tunnelToNowhere(): Promise<Listening> {
  return answeringOnce('HTTP/1.1 200 Connection established\r\n\r\n', 'stay');
}
