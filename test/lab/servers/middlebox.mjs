// Filters between the PMS host and the internet, where the router sends its direct TLS in the modes `cut-name` and `decrypt`.
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer } from 'node:net';

const [, , directory] = process.argv;
const CUT = 'metadata.provider.plex.tv';

/** Reads the first bytes, resets what carries the name in clear, and hands on the rest: every address of the lab's internet is its server. */
createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (hello) => {
    if (hello.includes(CUT)) return socket.resetAndDestroy();
    const upstream = connect(443, '127.0.0.1', () => {
      upstream.write(hello);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    return socket.on('close', () => upstream.destroy());
  });
}).listen(9445, '::');

const key = readFileSync(`${directory}/leaf.key`);
createHttpsServer({ key, cert: readFileSync(`${directory}/decrypt.pem`) }, (_request, response) =>
  response.writeHead(401, { 'content-length': 0 }).end(),
)
  .on('tlsClientError', () => {})
  .listen(9446, '::');
