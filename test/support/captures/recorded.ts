import { resolve } from 'node:path';

/** A capture that record.ts made: what a real client sent on loopback. */
export interface Recorded {
  readonly file: string;
  /** Of the hellos, in the order of connections; empty where the client says none. */
  readonly names: readonly string[];
  /** The targets that proxies were asked for. */
  readonly requests: readonly string[];
}

export const RECORDED_FOLDER = resolve('test/support/captures');

export const RECORDED: readonly Recorded[] = [
  { file: 'chromium', names: ['chromium.example.test'], requests: [] },
  { file: 'chromium-quic', names: ['quic.example.test'], requests: [] },
  { file: 'curl', names: ['curl.example.test'], requests: [] },
  { file: 'curl-absolute', names: [], requests: ['absolute plain.example.test:80'] },
  { file: 'curl-connect', names: ['inside.example.test'], requests: ['connect outside.example.test:443'] },
  { file: 'curl-ip', names: [''], requests: [] },
  { file: 'curl-ipv6', names: ['six.example.test'], requests: [] },
  { file: 'curl-socks4a', names: ['socks4.example.test'], requests: ['socks4 socks4.example.test:443'] },
  { file: 'curl-socks5', names: ['socks.example.test'], requests: ['socks5 socks.example.test:443'] },
  { file: 'curl-tls12', names: ['curl12.example.test'], requests: [] },
  { file: 'dns-tcp', names: [], requests: [] },
  { file: 'dns-udp', names: [], requests: [] },
  { file: 'git-gnutls', names: ['git.example.test'], requests: [] },
  { file: 'java', names: ['java.example.test'], requests: [] },
  { file: 'node', names: ['node.example.test'], requests: [] },
  { file: 'node24', names: ['node24.example.test'], requests: [] },
  { file: 'openssl', names: ['openssl.example.test'], requests: [] },
  { file: 'openssl-dtls', names: [], requests: [] },
  { file: 'openssl-ftp', names: ['ftp.example.test'], requests: [] },
  { file: 'openssl-imap', names: ['imap.example.test'], requests: [] },
  { file: 'openssl-noname', names: [''], requests: [] },
  { file: 'openssl-pop3', names: ['pop3.example.test'], requests: [] },
  { file: 'openssl-records', names: ['records.example.test'], requests: [] },
  { file: 'openssl-retry', names: ['retry.example.test', 'retry.example.test'], requests: [] },
  { file: 'openssl-smtp', names: ['smtp.example.test'], requests: [] },
  { file: 'openssl-tls10', names: ['old.example.test'], requests: [] },
  { file: 'psql', names: ['psql.example.test'], requests: [] },
  { file: 'python', names: ['python.example.test'], requests: [] },
  { file: 'wget', names: ['localhost'], requests: [] },
];

export function recordedPath({ file }: Recorded): string {
  return `${RECORDED_FOLDER}/${file}.pcap`;
}
