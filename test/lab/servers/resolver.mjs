// A name server that hands on what it is asked, and does one thing wrong: `resolver.mjs MODE UPSTREAM PID_FILE`, at 127.0.0.1:5353.
//   no-aaaa     NXDOMAIN to questions for IPv6 addresses, as if there were no such name
//   servfail    SERVFAIL to everything, as a resolver whose way out is closed
//   slow        each answer three seconds late
//   nat64       AAAA records made of the A records (RFC 6147, 64:ff9b::/96)
//   truncated   answers that do not fit into a packet: empty, with TC, over UDP, and nothing listens over TCP
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , mode, upstream, pidFile] = process.argv;
const [A, AAAA] = [1, 28];
const [SERVFAIL, NXDOMAIN] = [2, 3];

const server = createSocket('udp4');

/** Where the one question of a message ends. */
function questionEnd(message) {
  let at = 12;
  while (message[at] > 0) at += 1 + message[at];
  return at + 5;
}

function typeOf(message) {
  return message.readUInt16BE(questionEnd(message) - 4);
}

/** An answer without records. */
function bare(query, code, flags = 0) {
  const answer = Buffer.from(query.subarray(0, questionEnd(query)));
  answer.writeUInt16BE(0x8180 | flags | code, 2);
  for (const at of [6, 8, 10]) answer.writeUInt16BE(0, at);
  return answer;
}

function ask(query) {
  return new Promise((resolve) => {
    const client = createSocket('udp4');
    const end = (answer) => {
      clearTimeout(timer);
      client.close();
      resolve(answer);
    };
    const timer = setTimeout(end, 2_000, null);
    client.once('message', end);
    client.send(query, 53, upstream);
  });
}

/** The answer to the question for A as one to that for AAAA. */
async function synthesized(query) {
  const question = Buffer.from(query.subarray(0, questionEnd(query)));
  question.writeUInt16BE(A, question.length - 4);
  question.writeUInt16BE(0, 10);
  const found = await ask(question);
  if (found === null || found.readUInt16BE(6) === 0)
    return found === null ? bare(query, SERVFAIL) : bare(query, found[3] & 15);
  const records = addressesIn(found).map((address) =>
    Buffer.concat([
      Buffer.from([0xc0, 12, 0, AAAA, 0, 1, 0, 0, 0, 60, 0, 16, 0, 0x64, 0xff, 0x9b, ...Array(8).fill(0)]),
      address,
    ]),
  );
  const head = bare(query, 0);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, ...records]);
}

/** The IPv4 addresses of an answer whose names are all compressed, as dnsmasq's are. */
function addressesIn(message) {
  const addresses = [];
  let at = questionEnd(message);
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    at += 2;
    const [type, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 8)];
    if (type === A) addresses.push(message.subarray(at + 10, at + 14));
    at += 10 + length;
  }
  return addresses;
}

const ANSWERS = {
  'no-aaaa': (query) => (typeOf(query) === AAAA ? bare(query, NXDOMAIN) : ask(query)),
  servfail: (query) => bare(query, SERVFAIL),
  truncated: (query) => bare(query, 0, 0x200),
  slow: async (query) => {
    await sleep(3_000);
    return ask(query);
  },
  nat64: (query) => (typeOf(query) === AAAA ? synthesized(query) : ask(query)),
};

const answerTo = ANSWERS[mode];
if (answerTo === undefined) throw new Error(`no such mode: ${mode}`);

server.on('message', (query, peer) => {
  void Promise.resolve(answerTo(query)).then(
    (answer) => answer === null || server.send(answer, peer.port, peer.address),
  );
});
server.bind(5353, '127.0.0.1', () => writeFileSync(pidFile, String(process.pid)));
