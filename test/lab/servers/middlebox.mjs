// Filters between the PMS host and the internet, where the router sends its direct TLS in the modes `cut-name`, `cut-new`,
// `cut-h2`, `decrypt` and `decrypt-scan`.
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer } from 'node:net';
import { offersHttp2, offersTls13 } from './hello.mjs';

const [, , directory] = process.argv;
const CUT = 'metadata.provider.plex.tv';

/** Reads the first bytes, resets what it forbids, and hands on the rest: every address of the lab's internet is its server. */
function filter(port, forbids, portFor = () => 443) {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (hello) => {
      if (forbids(hello)) return socket.resetAndDestroy();
      const upstream = connect(portFor(hello), '127.0.0.1', () => {
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
filter(9448, offersHttp2);
filter(
  9449,
  () => false,
  (hello) => (hello.includes(CUT) ? 9446 : 443),
);

const key = readFileSync(`${directory}/leaf.key`);
createHttpsServer({ key, cert: readFileSync(`${directory}/decrypt.pem`) }, (_request, response) =>
  response.writeHead(401, { 'content-length': 0 }).end(),
)
  .on('tlsClientError', () => {})
  .listen(9446, '::');
