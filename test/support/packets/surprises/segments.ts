import { Conversation, ethernet, etherPcap, ipv4, pcap, RST, tcp } from '../pcap-builder.ts';
import { type Surprise, surprise, hello, PACKET } from './surprise.ts';

/** Odd TCP. */
export const SEGMENTS: readonly Surprise[] = [
  surprise('keep-alive byte before', withKeepAlive()),
  surprise('same sequence, other hello', sameSequence(), ['a.plex.tv']),
  surprise('port reuse without SYN', reuse(), ['a.plex.tv', 'b.plex.tv']),
  surprise('port reuse with SYN', reuseWithSyn(), ['a.plex.tv', 'b.plex.tv']),
  surprise('both ports the same', selfConnect()),
  surprise('RST first', etherPcap([new Conversation().fromServer({ flags: RST }), PACKET])),
  ...[60, 100, 150, 180, 200, 214].map((snap) =>
    surprise(`snapped at ${snap}`, pcap([{ bytes: ethernet(PACKET), snap }]), snap < 180 ? [] : ['plex.tv']),
  ),
];

function withKeepAlive(): Uint8Array {
  const conversation = new Conversation();
  const start = conversation.handshake();
  return etherPcap([...start, conversation.fromClient({ sequence: 1000, payload: [0] }), conversation.says(hello())]);
}

function sameSequence(): Uint8Array {
  const packet = (name: string) =>
    ipv4({ from: '10.0.0.2', to: '192.0.2.1', payload: tcp({ from: 50_000, to: 443, payload: hello(name) }) });
  return etherPcap([packet('a.plex.tv'), packet('b.plex.tv')]);
}

function reuse(): Uint8Array {
  const packet = (name: string, sequence: number) =>
    ipv4({
      from: '10.0.0.2',
      to: '192.0.2.1',
      payload: tcp({ from: 50_000, to: 443, sequence, payload: hello(name) }),
    });
  return etherPcap([packet('a.plex.tv', 1), packet('b.plex.tv', 2_000_000_000)]);
}

function reuseWithSyn(): Uint8Array {
  const [a, b] = [new Conversation({ clientIsn: 1 }), new Conversation({ clientIsn: 900_000 })];
  return etherPcap([...a.handshake(), a.says(hello('a.plex.tv')), ...b.handshake(), b.says(hello('b.plex.tv'))]);
}

function selfConnect(): Uint8Array {
  const conversation = new Conversation({
    client: '127.0.0.1',
    server: '127.0.0.1',
    clientPort: 4433,
    serverPort: 4433,
  });
  return etherPcap([...conversation.handshake(), conversation.says(hello())]);
}
