import { BRIDGE_PORT, hostsLines, type BridgedHost } from '../hosts-file.ts';
import { CREDENTIALS_NAME } from '../names.ts';
import type { PlanInput, PlannedFile } from '../model.ts';

/** Pieces that engines share. */

const HOSTS_NAME = 'hosts.lines';

export function hostsFragment(hosts: readonly BridgedHost[]): PlannedFile {
  return { name: HOSTS_NAME, text: `${hostsLines(hosts).join('\n')}\n`, mode: 0o644 };
}

/** The only file with a secret; none where the proxy wants none. socat takes an end of line for a part of the password. */
export function credentialsFile({ proxy }: PlanInput): readonly PlannedFile[] {
  return proxy.credentials === null ? [] : [{ name: CREDENTIALS_NAME, text: proxy.credentials, mode: 0o600 }];
}

/** A literal IPv6 address stands in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** As many connections to one name as are served at once; more of them wait. */
export const MOST_CONNECTIONS = 512;

/** How long a side that is still open is listened to after the other one has ended, in seconds. */
const HALF_OPEN_S = 30;
export const SOCAT_OPTIONS = `-t ${HALF_OPEN_S}`;

export function socatListener(address: string): string {
  return `TCP-LISTEN:${BRIDGE_PORT},bind=${address},fork,reuseaddr,backlog=1024,max-children=${MOST_CONNECTIONS},nodelay,keepalive`;
}

/** A socat address for one name. `credentials`: path of their file where the program runs. */
export function socatProxy({ proxy }: PlanInput, host: string, credentials: string | null): string {
  const login = credentials === null || proxy.credentials === null ? '' : `,proxy-authorization-file=${credentials}`;
  return `PROXY:${bracketed(proxy.host)}:${host}:${BRIDGE_PORT},proxyport=${proxy.port},nodelay,keepalive${login}`;
}
