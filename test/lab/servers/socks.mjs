// A SOCKS proxy for versions 4, 4a (no password only) and 5, CONNECT only: `socks.mjs PORT [USER PASSWORD]`.
// SOCKS 4: ftp.net protocol note by Y. Lee and its 4A extension; SOCKS 5: RFC 1928, passwords: RFC 1929.
import { connect, createServer } from 'node:net';

const [, , port, user, password] = process.argv;

createServer((client) => {
  client.on('error', () => client.destroy());
  serve(client).catch(() => client.destroy());
}).listen(Number(port), '::');

async function serve(client) {
  const read = reader(client);
  const [version] = await read(1);
  if (version === 5) return socks5(client, read);
  if (version === 4 && user === undefined) return socks4(client, read);
  return client.destroy();
}

async function socks4(client, read) {
  const head = await read(7);
  const remotePort = head.readUInt16BE(1);
  const address = [...head.subarray(3, 7)];
  await readString(read);
  // 0.0.0.x: the name follows (4a).
  const is4a = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0;
  const host = is4a ? await readString(read) : address.join('.');
  const reply = (code) => client.write(Buffer.from([0, code, 0, 0, 0, 0, 0, 0]));
  return relay(
    client,
    read,
    host,
    remotePort,
    () => reply(90),
    () => reply(91),
  );
}

async function socks5(client, read) {
  const [methodCount] = await read(1);
  const methods = await read(methodCount);
  const wanted = user === undefined ? 0 : 2;
  if (!methods.includes(wanted)) return client.end(Buffer.from([5, 0xff]));
  client.write(Buffer.from([5, wanted]));
  if (wanted === 2) {
    await read(1);
    const givenUser = await readCounted(read);
    const givenPassword = await readCounted(read);
    const right = givenUser === user && givenPassword === password;
    client.write(Buffer.from([1, right ? 0 : 1]));
    if (!right) return client.end();
  }
  const request = await read(4);
  const host = await readAddress(read, request[3]);
  const remotePort = (await read(2)).readUInt16BE(0);
  const reply = (code) => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  return relay(
    client,
    read,
    host,
    remotePort,
    () => reply(0),
    (error) => reply(REPLIES[error.code] ?? 1),
  );
}

/** RFC 1928 section 6. */
const REPLIES = { ENETUNREACH: 3, EHOSTUNREACH: 4, ENOTFOUND: 4, ECONNREFUSED: 5 };

async function readAddress(read, type) {
  if (type === 1) return [...(await read(4))].join('.');
  if (type === 3) return readCounted(read);
  const bytes = await read(16);
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
}

async function readCounted(read) {
  const [length] = await read(1);
  return (await read(length)).toString('latin1');
}

async function readString(read) {
  let text = '';
  for (let [byte] = await read(1); byte !== 0; [byte] = await read(1)) text += String.fromCharCode(byte);
  return text;
}

function relay(client, read, host, remotePort, onConnect, onFailure) {
  const remote = connect({ host, port: remotePort });
  client.on('close', () => remote.destroy());
  remote.once('connect', () => {
    onConnect();
    remote.write(read.rest());
    client.pipe(remote).pipe(client);
  });
  remote.on('error', (error) => {
    if (remote.connecting || remote.bytesRead === 0) onFailure(error);
    client.end();
  });
}

/** Reads exact counts of bytes from a socket; `rest` gives what came early and stops reading. */
function reader(socket) {
  let buffered = Buffer.alloc(0);
  let wake = () => {};
  const onData = (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    wake();
  };
  socket.on('data', onData);
  socket.on('close', () => wake());
  const read = async (count) => {
    while (buffered.length < count) {
      if (socket.destroyed) throw new Error('closed');
      await new Promise((resolve) => (wake = resolve));
    }
    const taken = buffered.subarray(0, count);
    buffered = buffered.subarray(count);
    return taken;
  };
  read.rest = () => {
    socket.off('data', onData);
    return buffered;
  };
  return read;
}
