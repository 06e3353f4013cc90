import type { PlannedScan } from '../../core/model/experiment.ts';
import { BRIDGE_PORT, type BridgedHost } from '../../bridge/hosts-file.ts';
import type { BridgePlace } from '../../gather/bridge/place.ts';
import type { Terminal } from '../terminal.ts';

interface Announced {
  readonly plan: readonly PlannedScan[];
  /** Empty: the first scan shows them. */
  readonly hosts: readonly BridgedHost[];
  /** Masked. */
  readonly proxy: string;
  readonly place: BridgePlace;
}

/** Everything that a proof does, before it is confirmed. */
export function announceProof({ plan, hosts, proxy, place }: Announced, { note }: Pick<Terminal, 'note'>): void {
  const named =
    hosts.length === 0 ? 'each host that this scan shows PMS missing' : hosts.map(({ host }) => host).join(', ');
  note('This will be done. Everything is taken back at the end, also when this tool is killed:');
  note('1. PMS is asked to look for updates, and to scan (never by force):');
  for (const { library, role } of plan)
    note(`     library ${library.id} (${library.type}, ${library.agent})${role === 'control' ? ': the control' : ''}`);
  note(`2. For ${named}: this tool listens on an address 127.66.0.N, port ${BRIDGE_PORT}, in the network of PMS,`);
  note(`   and passes each connection on to ${proxy} as CONNECT by name.`);
  note('3. A copy of the hosts file with lines for these names is mounted over it; the file itself is not changed.');
  note(
    place.isShared
      ? '   Until it is away again, every program of this machine that looks these names up is led through the proxy.'
      : '   Only PMS and the programs in its mount namespace see it.',
  );
  note('4. PMS is asked to scan again; mount and listeners are removed; PMS is asked to scan a third time.');
}
