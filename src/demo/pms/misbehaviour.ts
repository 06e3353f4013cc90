import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorPage } from './answer.ts';
import type { PmsStandInConfig } from './config.ts';

/** Answers in place of PMS's API when the stand-in is to misbehave; false when it is not. */
export function misbehaves(
  how: PmsStandInConfig['misbehaviour'],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  switch (how) {
    case 'none':
    case 'dies-during-scan':
      return false;
    case 'hangs':
      return true;
    case 'garbage':
      request.socket.end('\u0000\u0001\u0002 this is not HTTP\r\n\r\n');
      return true;
    case 'unauthorized':
      response.writeHead(401, { 'X-Plex-Protocol': '1.0', 'Content-Type': 'text/html' });
      response.end(errorPage(401));
      return true;
    case 'other-server':
      response.setHeader('Server', 'Example Media, played by the stand-in of pms-proxy-doctor');
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end('{"ProductName":"Example Media","Version":"10.0.0"}');
      return true;
  }
}
