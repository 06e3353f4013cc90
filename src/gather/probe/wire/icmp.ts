import { readFile } from 'node:fs/promises';

/** Number of ICMP "destination unreachable" messages that this host has received, per family. */
export interface UnreachableCount {
  readonly v4: number;
  readonly v6: number;
}

/**
 * Reads the kernel's counters (Linux, `/proc/net/snmp` and `/proc/net/snmp6`); null elsewhere. The socket interface gives the same
 * ECONNREFUSED for a reset and for an ICMP "port unreachable" (sent by nftables' plain `reject`): the counter tells them apart.
 */
export async function countUnreachables(root = '/proc/net'): Promise<UnreachableCount | null> {
  try {
    const [snmp, snmp6] = await Promise.all([
      readFile(`${root}/snmp`, 'utf8'),
      readFile(`${root}/snmp6`, 'utf8').catch(() => ''),
    ]);
    const [names = '', values = ''] = snmp.split('\n').filter((line) => line.startsWith('Icmp:'));
    const column = names.split(' ').indexOf('InDestUnreachs');
    const v4 = Number(values.split(' ')[column]);
    const v6 = Number(/^Icmp6InDestUnreachs\s+(\d+)/m.exec(snmp6)?.[1] ?? 0);
    return Number.isInteger(v4) ? { v4, v6 } : null;
  } catch {
    return null;
  }
}
