import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createInterface } from 'node:readline';
import { CATALOGUE, PUBLIC_ADDRESS_PATH } from '../../catalog/index.ts';
import { appendToAccessLog } from './access-log.ts';
import { createAuthority, type Authority } from './certificates.ts';
import { startDns } from './dns.ts';
import { answering, plainServer, secureServer } from './endpoints.ts';
import { listen, type Listening } from '../system/listening.ts';
import { LAN, OUTSIDE_PLAN, PROXY, PROXY_PUBLIC_ADDRESS, worldOf, type World } from './network.ts';
import type { OutsideReport } from '../system/order.ts';
import { serveAsProxy, type AccessLogEntry } from './proxy.ts';
import { FILES } from './sealed-files.ts';
import { runStep, StepFailed } from '../system/step.ts';

/**
 * Plays the internet, in a network namespace of its own: waits for a line on standard input that says that the link is there,
 * serves until standard input ends, and then says what it saw.
 */
export async function runOutside(): Promise<number> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  tell({ state: 'separate' });
  if ((await lines.next()).done) return 0;
  const log: AccessLogEntry[] = [];
  const world = worldOf(CATALOGUE);
  const authority = createAuthority('pms-proxy-doctor demo root');
  const servers: Listening[] = [];
  try {
    await setUp();
    writeFileSync(FILES.root, authority.certificatePem);
    servers.push(...(await serve(world, authority, log)));
    tell({ state: 'serving' });
    while (!(await lines.next()).done);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    tell({ state: 'failed', step: error.step, detail: error.detail });
    return 3;
  }
  await Promise.all(servers.map((server) => server.close()));
  tell({ state: 'finished', requests: log.length, ...hostsOf(log), vanished: vanishedPackets() });
  return 0;
}

function tell(report: OutsideReport): void {
  // Synchronous, because the process ends right after the last line.
  writeFileSync(1, `${JSON.stringify(report)}\n`);
}

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

async function setUp(): Promise<void> {
  for (const args of OUTSIDE_PLAN) await runStep('the outside of the sealed network', 'ip', args);
  // Namespaces may inherit forwarding from the host (containers' hosts have it on); forwarding answers with ICMP, silence does not.
  try {
    writeFileSync(FORWARDING, '0');
  } catch (error) {
    throw new StepFailed('silence towards direct connections', error instanceof Error ? error.message : FORWARDING);
  }
}

async function serve(world: World, authority: Authority, log: AccessLogEntry[]): Promise<readonly Listening[]> {
  const proxy = createServer();
  const note = (entry: AccessLogEntry): void => {
    log.push(entry);
    appendToAccessLog(FILES.accessLog, entry);
  };
  serveAsProxy(proxy, { resolve: world.resolve, allows: world.allows, log: note });
  return Promise.all([
    startDns(({ name }) => world.dns(name), LAN.outside, 53),
    listen(proxy, LAN.outside, PROXY.port),
    ...endpointsAt('127.0.0.1', world, endpointServer(world, authority)),
  ]);
}

type ServerFor = (scheme: 'https' | 'http') => ReturnType<typeof plainServer>;

function endpointsAt(address: string, world: World, serverFor: ServerFor): readonly Promise<Listening>[] {
  return world.ports.map(({ port, scheme }) => listen(serverFor(scheme), address, port));
}

function endpointServer(world: World, authority: Authority): ServerFor {
  const sayDemo = answering(world.statuses, 'An endpoint of the demo of pms-proxy-doctor; not Plex.');
  const handler: RequestListener = (request, response) => {
    if (request.url === PUBLIC_ADDRESS_PATH) response.end(PROXY_PUBLIC_ADDRESS);
    else sayDemo(request, response);
  };
  return (scheme) => (scheme === 'https' ? secureServer(authority, world.secureNames, handler) : plainServer(handler));
}

function hostsOf(log: readonly AccessLogEntry[]): { readonly served: string[]; readonly denied: string[] } {
  const hosts = (matches: (status: number) => boolean): string[] => [
    ...new Set(log.filter(({ status }) => matches(status)).map(({ host }) => host)),
  ];
  return { served: hosts((status) => status < 400), denied: hosts((status) => status === 403).filter(exists) };
}

/** RFC 6761 6.4: a probe asks for such a name to learn how the proxy refuses; it is no request of PMS. */
function exists(host: string): boolean {
  return !host.endsWith('.invalid');
}

/** Packets that arrived for addresses that are not the outside's: the kernel counts them as InAddrErrors and says nothing. */
function vanishedPackets(): number | null {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '));
  const value = values?.[names?.indexOf('InAddrErrors') ?? -1];
  return value === undefined ? null : Number(value);
}
