import { appendFileSync } from 'node:fs';
import { LAN } from './network.ts';
import type { AccessLogEntry } from './proxy.ts';

/** Adds a request to a log in Squid's own format. */
export function appendToAccessLog(file: string, entry: AccessLogEntry): void {
  appendFileSync(file, `${accessLogLine(entry, Date.now())}\n`);
}

/**
 * A line of Squid's native format (`logformat squid`). The demo's proxy writes it when a tunnel opens, Squid when it closes: so
 * neither duration nor size is known, and both are 0.
 */
export function accessLogLine({ method, host, port, status }: AccessLogEntry, atMs: number): string {
  const target = method === 'CONNECT' ? `${host}:${port}` : `http://${host}${port === 80 ? '' : `:${port}`}/`;
  return [
    (atMs / 1_000).toFixed(3).padStart(14),
    '0'.padStart(6),
    LAN.pms,
    `${tagOf(method, status)}/${status}`,
    '0',
    method,
    target,
    '-',
    status === 403 ? 'HIER_NONE/-' : `HIER_DIRECT/${host}`,
    '-',
  ].join(' ');
}

function tagOf(method: string, status: number): string {
  if (status === 403) return 'TCP_DENIED';
  return method === 'CONNECT' ? 'TCP_TUNNEL' : 'TCP_MISS';
}
