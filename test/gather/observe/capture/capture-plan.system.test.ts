import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureFilter } from '../../../../src/gather/observe/capture/capture-plan.ts';
import { dnsQuery, encodeDns } from '../../../../src/parse/dns.ts';
import { bytesOf, tlsHello } from '../../../support/packets/hello-builder.ts';
import {
  ACK,
  Conversation,
  ethernet,
  icmp,
  ip,
  ipv4,
  pcap,
  PROTOCOL,
  RST,
  udp,
} from '../../../support/packets/pcap-builder.ts';

const missing = spawnSync('tcpdump', ['--version']).error === undefined ? null : 'tcpdump is not installed';
if (missing !== null) console.warn(`the filter of captures is not tested: ${missing}`);

describe.skipIf(missing !== null)('captureFilter, as tcpdump applies it', () => {
  /** Whether the filter lets a packet through. */
  function passes(packet: Uint8Array, ownPorts: readonly number[] = []): boolean {
    const directory = mkdtempSync(join(tmpdir(), 'capture-filter-'));
    try {
      const file = join(directory, 'one.pcap');
      writeFileSync(file, pcap([{ bytes: ethernet(packet) }]));
      const { stdout, stderr, status } = spawnSync('tcpdump', ['-n', '-r', file, captureFilter(ownPorts)], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim() !== '';
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  const v4 = new Conversation();
  const v6 = new Conversation({ client: '2001:db8::2', server: '2001:db8::1' });
  const served = new Conversation({ serverPort: 32_400 });
  const query = encodeDns(dnsQuery(1, 'plex.tv', 1));
  const datagram = (from: string, to: string, port: number, payload: Uint8Array | readonly number[]) =>
    ip({ from, to, protocol: PROTOCOL.udp, payload: udp(50_000, port, payload) });
  const media = new Uint8Array(1_400).fill(0x47);

  it.each<[string, Uint8Array, boolean]>([
    ['a SYN', v4.syn(), true],
    ['a SYN over IPv6', v6.syn(), true],
    ['a SYN-ACK', v4.synAck(), true],
    ['a reset over IPv6', v6.fromServer({ flags: RST }), true],
    ['a bare acknowledgment', v4.fromClient({}), false],
    ['a bare acknowledgment over IPv6', v6.fromClient({}), false],
    ['a hello', v4.fromClient({ payload: tlsHello() }), true],
    [
      'a hello behind TCP options',
      v4.fromClient({ payload: tlsHello(), options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] }),
      true,
    ],
    [
      'a hello over IPv6 behind TCP options',
      v6.fromClient({ payload: tlsHello(), options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] }),
      true,
    ],
    ['an alert', v4.fromServer({ payload: [0x15, 3, 3, 0, 2, 2, 40] }), true],
    ['CONNECT', v4.fromClient({ payload: bytesOf('CONNECT plex.tv:443 HTTP/1.1\r\n\r\n') }), true],
    ['the answer to it', v4.fromServer({ payload: bytesOf('HTTP/1.1 403 Forbidden\r\n\r\n') }), true],
    ['a SOCKS greeting', v4.fromClient({ payload: [5, 1, 0] }), true],
    ['the answer to that', v4.fromServer({ payload: [5, 0] }), true],
    ['media', v4.fromServer({ payload: media }), false],
    ['media over IPv6', v6.fromServer({ payload: media }), false],
    ['media that is encrypted', v4.fromServer({ payload: [0x17, 3, 3, ...media] }), false],
    ['DNS', datagram('10.0.0.2', '10.0.0.1', 53, query), true],
    ['DNS over IPv6', datagram('2001:db8::2', '2001:db8::1', 53, query), true],
    ['GDM', datagram('10.0.0.2', '239.0.0.250', 32_414, bytesOf('M-SEARCH')), true],
    ['the first packet of QUIC', datagram('10.0.0.2', '192.0.2.1', 443, [0xc3, 0, 0, 0, 1]), true],
    ['the first packet of QUIC over IPv6', datagram('2001:db8::2', '2001:db8::1', 443, [0xc3, 0, 0, 0, 1]), true],
    ['a later packet of QUIC', datagram('10.0.0.2', '192.0.2.1', 443, [0x43, 0, 0, 0, 1]), false],
    ['another datagram', datagram('10.0.0.2', '192.0.2.1', 7_000, [1, 2, 3, 4]), false],
    [
      'an ICMP error',
      ipv4({ from: '10.0.0.1', to: '10.0.0.2', protocol: PROTOCOL.icmp, payload: icmp(3, 13, v4.syn()) }),
      true,
    ],
    [
      'an ICMPv6 error',
      ip({ from: '2001:db8::9', to: '2001:db8::2', protocol: PROTOCOL.icmpv6, payload: icmp(1, 1, v6.syn()) }),
      true,
    ],
    ['a ping', ipv4({ from: '10.0.0.1', to: '10.0.0.2', protocol: PROTOCOL.icmp, payload: icmp(8, 0, [1]) }), false],
  ])('%s', (_name, packet, expected) => {
    expect(passes(packet)).toBe(expected);
  });

  it('leaves out what the clients of PMS ask of it, but not who connects', () => {
    const request = served.fromClient({ flags: ACK, payload: bytesOf('GET /identity HTTP/1.1\r\n\r\n') });
    expect([passes(request), passes(request, [32_400]), passes(served.syn(), [32_400])]).toEqual([true, false, true]);
  });
});
