// Filters between the PMS host and the internet, where the router sends its direct TLS in the modes `cut-name`, `cut-new` and `decrypt`.
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer } from 'node:net';
import { offersTls13 } from './hello.mjs';

const [, , directory] = process.argv;
const CUT = 'metadata.provider.plex.tv';

/** Reads the first bytes, resets what it forbids, and hands on the rest: every address of the lab's internet is its server. */
function filter(port, forbids) {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (hello) => {
      if (forbids(hello)) return socket.resetAndDestroy();
      const upstream = connect(443, '127.0.0.1', () => {
        upstream.write(hello);
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      return socket.on('close', () => upstream.destroy());
    });
  }).listen(port, '::');
}

filter(9445, (hello) => hello.includes(CUT));
filter(9447, offersTls13);

const key = readFileSync(`${directory}/leaf.key`);
createHttpsServer({ key, cert: readFileSync(`${directory}/decrypt.pem`) }, (_request, response) =>
  response.writeHead(401, { 'content-length': 0 }).end(),
)
  .on('tlsClientError', () => {})
  .listen(9446, '::');
