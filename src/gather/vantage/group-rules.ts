import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { valueOf } from '../../core/model/evidence.ts';
import { readText } from '../system/files.ts';

/** Reading the rules takes milliseconds; a large set on a busy host a second. */
const BUDGET_MS = 3_000;
const OUTPUT_LIMIT_BYTES = 32 * 1024 * 1024;

/** Standard output of a program; null: it is not there, failed or was too slow. */
export type Ask = (file: string, args: readonly string[]) => Promise<string | null>;

const ask: Ask = async (file, args) => {
  try {
    const options = { timeout: BUDGET_MS, maxBuffer: OUTPUT_LIMIT_BYTES };
    return (await promisify(execFile)(file, [...args], options)).stdout;
  } catch {
    return null;
  }
};

/**
 * Rules of systemd that hold for the traffic of a unit alone (systemd.resource-control(5)). A unit without rules shows `~` as its network
 * interfaces: all but none.
 */
const UNIT_RULES = ['IPAddressDeny', 'IPIngressFilterPath', 'IPEgressFilterPath', 'RestrictNetworkInterfaces'];

/** `socket cgroupv2` and `meta cgroup` of nft(8), `cgroup` of iptables-extensions(8), also as nft shows it. */
const PACKET_RULES = /\bsocket cgroupv2\b|\bmeta cgroup\b|\bxt match "?cgroup\b|\s-m cgroup\b/;

/** The path of a process's control group, of `/proc/PID/cgroup` (cgroups(7), version 2): `/system.slice/plexmediaserver.service`. */
export function groupPathOf(text: string): string | null {
  return /^0::(\/.*)$/m.exec(text)?.[1] ?? null;
}

/**
 * Numbers that tell the control groups of processes apart, where rules of this host hold for control groups; null: there are no such rules,
 * or they could not be read. `network`: another network namespace whose rules count as well. Reads only; the paths themselves name units and containers.
 */
export async function ruledGroups(
  procRoot: string,
  pids: readonly (number | 'self')[],
  network: string | null,
  program: Ask = ask,
): Promise<readonly (number | null)[]> {
  const texts = await Promise.all(pids.map((pid) => readText('/', join(procRoot, String(pid), 'cgroup'))));
  const paths = texts.map((text) => groupPathOf(valueOf(text) ?? ''));
  const groups = [...new Set(paths)];
  if (groups.length < 2 || !(await hasGroupRules(paths, network, program))) return pids.map(() => null);
  return paths.map((path) => groups.indexOf(path));
}

async function hasGroupRules(
  paths: readonly (string | null)[],
  network: string | null,
  program: Ask,
): Promise<boolean> {
  const units = [...new Set(paths.flatMap((path) => path?.split('/') ?? []))].filter((name) =>
    /^[\w:.@\\-]+\.(?:service|scope|slice)$/.test(name),
  );
  const [ofUnits, ...ofPackets] = await Promise.all([
    units.length === 0 ? null : program('systemctl', ['show', `--property=${UNIT_RULES.join(',')}`, '--', ...units]),
    program('nft', ['list', 'ruleset']),
    program('iptables-save', []),
    network === null ? null : program('nsenter', [`--net=${network}`, '--', 'nft', 'list', 'ruleset']),
    network === null ? null : program('nsenter', [`--net=${network}`, '--', 'iptables-save']),
  ]);
  return /^\w+=(?!~?$)./m.test(ofUnits ?? '') || ofPackets.some((rules) => PACKET_RULES.test(rules ?? ''));
}
