/** The lines of /etc/hosts that lead names to listeners of this machine (hosts(5)). */

export interface BridgedHost {
  readonly host: string;
  /** A loopback address of its own, so that the listener knows which name was meant. */
  readonly address: string;
}

/** Port of the bridge: only TLS names its host, and only that is passed on. */
export const BRIDGE_PORT = 443;

/** As many names as a bridge is made for; a longer list is a mistake. */
export const MOST_BRIDGED = 250;

/** An address of 127.66.0.0/24 for each name, in their order. */
export function addressesFor(hosts: readonly string[]): readonly BridgedHost[] {
  return hosts.map((host, index) => ({ host, address: `127.66.0.${index + 1}` }));
}

export function hostsLines(bridged: readonly BridgedHost[]): readonly string[] {
  return bridged.map(({ host, address }) => `${address} ${host}`);
}

/** The file with the lines in front: some C libraries take the first line of a name, others all of them. */
export function withBridge(original: string, bridged: readonly BridgedHost[]): string {
  return `${hostsLines(bridged).join('\n')}\n${original}`;
}

/** The first line that gives the name another address; null: there is none. */
export function lineNaming(original: string, host: string): { readonly line: number; readonly address: string } | null {
  for (const [index, text] of original.split('\n').entries()) {
    const [address, ...names] = text.replace(/#.*/, '').trim().split(/\s+/);
    if (address !== undefined && names.some((name) => plain(name) === plain(host))) return { line: index + 1, address };
  }
  return null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether the C library of this place reads /etc/hosts (nsswitch.conf(5)), and whether before all else. Without the file or the line, glibc
 * reads files first; musl always does.
 */
export function filesService(nsswitch: string | null): 'first' | 'later' | 'absent' {
  const line = (nsswitch ?? '').split('\n').findLast((each) => /^\s*hosts\s*:/.test(each));
  if (line === undefined) return 'first';
  const services = line
    .replace(/#.*/, '')
    .replace(/^\s*hosts\s*:/, '')
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const at = services.indexOf('files');
  if (at === -1) return 'absent';
  return services.slice(0, at).some((service) => !NAMELESS.has(service)) ? 'later' : 'first';
}

/** Services that know only names of this machine or its own network. */
const NAMELESS: ReadonlySet<string> = new Set([
  'mymachines',
  'myhostname',
  'mdns4_minimal',
  'mdns6_minimal',
  'mdns_minimal',
]);
