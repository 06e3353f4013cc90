/** Selects the packets of a network that matter: connections beginning and ending, names, and errors about them. */

/** TCP and UDP ports that are looked at in full: DNS, NTP, NAT-PMP, SSDP, mDNS apart, GDM. */
const UDP_PORTS = 'udp port 53 or udp port 123 or udp port 1900 or udp port 5351 or udp portrange 32410-32414';

/** Start of an offset into the TCP header for each family: `tcp[…]` means IPv4 only (pcap-filter(7)). */
interface TcpAccess {
  readonly isTcp: string;
  readonly flags: string;
  /** The first bytes of the payload, `size` of them. */
  readonly payload: (size: 1 | 2 | 4) => string;
}

const OVER_IPV4: TcpAccess = {
  isTcp: 'ip and tcp',
  flags: 'tcp[13]',
  payload: (size) => `tcp[((tcp[12] & 0xf0) >> 2):${size}]`,
};
/** Extension headers in front of TCP are as good as extinct; the header is 40 bytes long without. */
const OVER_IPV6: TcpAccess = {
  isTcp: 'ip6 and ip6[6] = 6',
  flags: 'ip6[53]',
  payload: (size) => `ip6[(40 + ((ip6[52] & 0xf0) >> 2)):${size}]`,
};

const FIN_SYN_RST = 7;
const TLS_HANDSHAKE = 0x1603;
const TLS_ALERT = 0x1503;
/** The beginnings of requests and answers of HTTP, as 32-bit words. PMS asks with these methods. */
const HTTP_WORDS = ['CONN', 'GET ', 'POST', 'HEAD', 'PUT ', 'DELE', 'OPTI', 'HTTP'].map(
  (word) => `0x${Buffer.from(word, 'latin1').toString('hex')}`,
);
/** SOCKS: version and method or command, in a segment of at most a few hundred bytes. */
const SOCKS_WORDS = [0x0501, 0x0502, 0x0503, 0x0401, 0x0500];

/**
 * The expression of pcap-filter(7). The filter runs in the kernel, so that streamed media cost nothing here. `ownPorts`:
 * ports on which PMS itself listens; requests of its clients are not captured.
 */
export function captureFilter(ownPorts: readonly number[]): string {
  const tcp = [OVER_IPV4, OVER_IPV6].map((access) => `(${access.isTcp} and ${tcpFilter(access, ownPorts)})`);
  // RFC 9000 17.2: a long header has the two highest bits set; UDP's payload begins behind 8 bytes.
  const quic = '(udp port 443 and (udp[8] & 0xc0 = 0xc0 or (ip6 and ip6[6] = 17 and ip6[48] & 0xc0 = 0xc0)))';
  const icmp = '(icmp and (icmp[0] = 3 or icmp[0] = 11)) or (icmp6 and (ip6[40] = 1 or ip6[40] = 3))';
  return [...tcp, quic, `(${UDP_PORTS})`, icmp].join(' or ');
}

function tcpFilter({ flags, payload }: TcpAccess, ownPorts: readonly number[]): string {
  const records = [TLS_HANDSHAKE, TLS_ALERT, ...SOCKS_WORDS].map((word) => `${payload(2)} = 0x${word.toString(16)}`);
  const requests = HTTP_WORDS.map((word) => `${payload(4)} = ${word}`);
  const begins = [...records, ...requests].join(' or ');
  const notServed = ownPorts.map((port) => ` and not tcp port ${port}`).join('');
  return `(${flags} & ${FIN_SYN_RST} != 0 or ((${begins})${notServed}))`;
}

/** Programs that can capture, the better one first: tcpdump hands over each packet at once. */
export const CAPTURE_TOOLS = ['tcpdump', 'dumpcap'] as const;
export type CaptureToolName = (typeof CAPTURE_TOOLS)[number];

/** A hello with post-quantum keys has 2 kB; requests through a proxy rarely more. */
const SNAP_BYTES = 4096;
/** Holds a burst of a thousand packets of the largest size, until they are read. */
const BUFFER_KIB = 4096;

export interface CaptureOrder {
  readonly tool: CaptureToolName;
  /** Path of the program. */
  readonly path: string;
  /** The process whose network is captured; null: our own. */
  readonly networkOf: number | null;
  /** After this long the tool ends by itself. */
  readonly forSeconds: number;
  readonly filter: string;
  /** Helpers that are installed; null where they are not. */
  readonly nsenter: string | null;
  readonly timeout: string | null;
  /** util-linux's: busybox's does not know --pdeathsig. */
  readonly setpriv: string | null;
}

/**
 * The program and its arguments. A capture must not outlive us, even if we are killed: setpriv makes the kernel tell `timeout`, which
 * passes it on (tcpdump itself would lose that setting when it gives up root); without setpriv `timeout` ends it after its time.
 */
export function captureCommand(order: CaptureOrder): readonly string[] {
  const { networkOf, nsenter, timeout, setpriv } = order;
  return [
    ...(setpriv === null || timeout === null ? [] : [setpriv, '--pdeathsig', 'TERM', '--']),
    ...(timeout === null ? [] : [timeout, '-k', '2', String(order.forSeconds)]),
    ...(networkOf === null || nsenter === null ? [] : [nsenter, '-t', String(networkOf), '-n', '--']),
    ...toolCommand(order),
  ];
}

function toolCommand({ tool, path, filter }: CaptureOrder): readonly string[] {
  switch (tool) {
    case 'tcpdump':
      return [
        path,
        '-i',
        'any',
        '-n',
        '-p',
        '-U',
        '--immediate-mode',
        '-s',
        `${SNAP_BYTES}`,
        '-B',
        `${BUFFER_KIB}`,
        '-w',
        '-',
        filter,
      ];
    case 'dumpcap':
      return [path, '-i', 'any', '-q', '-p', '-P', '-s', `${SNAP_BYTES}`, '-B', '4', '-w', '-', '-f', filter];
  }
}
