import type { IncomingMessage } from 'node:http';

/** Far more than the marker lines of any client. The rest of a longer body is not read. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** The beginning of a request's body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    if (bytes < BODY_LIMIT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  });
  await new Promise((resolve) => request.once('close', resolve).once('end', resolve));
  return Buffer.concat(chunks).toString('utf8', 0, BODY_LIMIT_BYTES);
}
