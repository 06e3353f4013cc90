import { createSocket } from 'node:dgram';
import { DNS_RCODE, dnsReply, encodeDns, parseDns, type DnsQuestion } from '../../parse/dns.ts';
import { portOf, type Listening } from '../system/listening.ts';

/** The answer to one question: addresses (none: the name exists without any), a refusal, or no reply at all. */
export type DnsAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'nxdomain' | 'servfail' | 'refused' | 'silent' };

const RCODE = {
  addresses: DNS_RCODE.noError,
  nxdomain: DNS_RCODE.nxDomain,
  servfail: DNS_RCODE.servFail,
  refused: DNS_RCODE.refused,
} as const;

/** A DNS server over UDP. `answer` decides per question; unreadable queries are dropped. */
export async function startDns(
  answer: (question: DnsQuestion) => DnsAnswer,
  host = '127.0.0.1',
  port = 0,
): Promise<Listening> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (datagram, peer) => {
    const reply = replyTo(datagram, answer);
    if (reply) socket.send(reply, peer.port, peer.address, () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return {
    host,
    port: portOf(socket.address()),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function replyTo(datagram: Uint8Array, answer: (question: DnsQuestion) => DnsAnswer): Uint8Array | null {
  const parsed = parseDns(datagram);
  if (parsed.kind === 'malformed') return null;
  const { message } = parsed;
  const [question] = message.questions;
  if (message.response || !question) return null;
  const decided = answer(question);
  if (decided.kind === 'silent') return null;
  const addresses = decided.kind === 'addresses' ? decided.addresses : [];
  return encodeDns(dnsReply(message, RCODE[decided.kind], addresses));
}
