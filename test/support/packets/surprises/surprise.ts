import { tlsHello } from '../hello-builder.ts';
import { Conversation, etherPcap, ip, ipv4, PROTOCOL, tcp, udp } from '../pcap-builder.ts';

/** Something that the captures of public test suites hold beside everyday handshakes, built anew. */
export interface Surprise {
  readonly name: string;
  readonly file: Uint8Array;
  /** In all hellos that say a name, an address or what is neither, as text. */
  readonly names: readonly string[];
}

export function surprise(name: string, file: Uint8Array, names: readonly string[] = ['plex.tv']): Surprise {
  return { name, file, names };
}

export function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export function hello(name = 'plex.tv'): Uint8Array {
  return tlsHello({ name });
}

export type Line = readonly ['client' | 'server', Uint8Array | string];

/** A conversation on a port: who says what, one segment for each line. */
export function talk(serverPort: number, ...lines: readonly Line[]): Uint8Array {
  const conversation = new Conversation({ serverPort });
  const said = lines.map(([who, what]) => {
    const data = typeof what === 'string' ? latin1(what) : what;
    return who === 'client' ? conversation.says(data) : conversation.answers(data);
  });
  return etherPcap([...conversation.handshake(), ...said]);
}

/** The client's bytes, in segments of this size. */
export function inSegments(bytes: Uint8Array, size: number): readonly Line[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => ['client', bytes.subarray(i * size, (i + 1) * size)]);
}

/** Client to server, as datagrams of one conversation. */
export function datagrams(port: number, ...payloads: readonly Uint8Array[]): Uint8Array {
  const ends = { from: '10.0.0.2', to: '192.0.2.1', protocol: PROTOCOL.udp };
  return etherPcap(payloads.map((payload) => ip({ ...ends, payload: udp(50_000, port, payload) })));
}

/** A segment and a packet with a hello in it. */
export const SEGMENT = tcp({ from: 50_000, to: 443, sequence: 1, payload: hello() });
export const PACKET = ipv4({ from: '10.0.0.2', to: '192.0.2.1', payload: SEGMENT });
