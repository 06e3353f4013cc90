import type { Tunnel } from '../../core/model/bridge.ts';
import { BRIDGE_PORT, withBridge } from '../../bridge/hosts-file.ts';
import { HostsMount, readHosts } from '../../gather/bridge/hosts-mount.ts';
import type { BridgePlace } from '../../gather/bridge/place.ts';
import { startBridge } from '../../gather/bridge/there.ts';
import type { ProxyChoice } from '../../gather/probe/proxy-pool.ts';
import type { Groundwork } from '../live/groundwork.ts';
import type { Run } from '../run.ts';
import { stop, stopRefused, type Drafted } from './draft.ts';

interface Engine {
  readonly run: Run;
  readonly ground: Groundwork;
  readonly proxy: ProxyChoice;
  readonly entry: string;
  readonly place: BridgePlace;
}

/**
 * Runs `work` while the bridge is up, and takes the bridge away however that ends. false: it could not be set up, `bridge.stopped` says why,
 * and nothing is left of it.
 */
export async function withBridgeUp(
  bridge: Drafted,
  { run, ground, proxy, entry, place }: Engine,
  work: (tunnels: () => readonly Tunnel[]) => Promise<void>,
): Promise<boolean> {
  const order = {
    hosts: [...bridge.hosts],
    port: BRIDGE_PORT,
    proxy: proxy.url.reveal(),
    timeoutMs: run.options.timeoutMs,
    extraRootsPem: ground.extraRootsPem,
    user: place.user === null ? null : { ...place.user, groups: [...place.user.groups] },
    root: place.root,
  };
  const started = await startBridge(order, place.network, entry);
  if (!started.ok) {
    const { trouble } = started;
    if (trouble.kind === 'port-taken') stop(bridge, 'port-taken', { address: trouble.address });
    else {
      stop(bridge, 'bridge-failed');
      bridge.detail = trouble.detail;
    }
    return false;
  }
  const running = started.bridge;
  try {
    bridge.asked = running.asked;
    // A name that the proxy refuses stays refused.
    if (stopRefused(bridge)) return false;
    if (run.signal.aborted) {
      stop(bridge, 'interrupted');
      return false;
    }
    const text = withBridge(place.hosts, bridge.hosts);
    const mount = await HostsMount.start(place.pid, text);
    if (!(mount instanceof HostsMount)) {
      stop(bridge, 'mount-refused');
      bridge.detail = mount.kind === 'no-folder' ? 'no folder there can hold the copy' : mount.detail;
      return false;
    }
    try {
      if ((await readHosts(place.pid)) === withEnd(text)) await work(() => running.tunnels);
      else {
        stop(bridge, 'mount-refused');
        bridge.detail = 'the lines are not seen there';
      }
    } finally {
      bridge.restored = await mount.undo(place.hosts);
    }
    return bridge.stopped === null;
  } finally {
    await running.stop();
  }
}

function withEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
