import type { Advice, ProvenBridge } from '../model/report.ts';
import { nameList } from '../judge/pms-way.ts';
import { stepOf } from '../judge/traffic/proof.ts';

/** Hosts that a sentence names before it counts. */
const NAMED = 3;

const STEPS = {
  keep: 'The bridge works for {hosts}. Have the files written that keep it, read them, and install them:',
  allow: 'Allow {hosts} on the proxy, and run this again.',
} as const;

/** The steps that follow from a proof. */
export function adviseOnProof(bridge: ProvenBridge): readonly Advice[] {
  const hosts = bridge.hosts.map(({ host }) => host);
  if (bridge.state === 'proved')
    return [adviceFor('keep', hosts, [`sudo pms-proxy-doctor bridge plan --for ${hosts.join(' ')} -o pms-bridge`])];
  const asked = [...bridge.asked, ...(stepOf(bridge, 'with')?.tunnels ?? [])];
  const denied = [...new Set(asked.filter(({ outcome }) => outcome === 'denied').map(({ host }) => host))];
  return denied.length === 0 ? [] : [adviceFor('allow', denied, [])];
}

function adviceFor(message: keyof typeof STEPS, hosts: readonly string[], commands: readonly string[]): Advice {
  const named = nameList(hosts, NAMED);
  const text = STEPS[message].replace('{hosts}', named);
  return { step: { message, args: { hosts: named }, text }, commands: [...commands], cause: null, check: null };
}
