import { parseHostName } from '../../catalog/host-name.ts';
import { familyOf } from '../../core/values/address.ts';
import { MOST_BRIDGED } from '../hosts-file.ts';
import { composeFiles } from '../engines/compose.ts';
import { initFiles } from '../engines/init.ts';
import { kubernetesFiles } from '../engines/kubernetes.ts';
import { squidFiles } from '../engines/squid.ts';
import { systemdFiles } from '../engines/systemd.ts';
import type { Engine, PlanCheck, PlanInput, PlannedFile, PlanParts } from '../model.ts';
import { readme } from './readme.ts';

export interface Plan {
  readonly files: readonly PlannedFile[];
  readonly checks: readonly PlanCheck[];
}

export type PlanResult = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly problem: string };

export function planBridge(input: PlanInput): PlanResult {
  const problem = problemOf(input);
  if (problem !== null) return { ok: false, problem };
  const parts = partsOf(input);
  const page: PlannedFile = { name: 'README.md', text: readme(input, parts), mode: 0o644 };
  return { ok: true, plan: { files: [...parts.files, page], checks: parts.checks } };
}

/** Without `--engine`: one socat serves any number of connections, and takes a password from a file; only nc speaks SOCKS as curl does. */
export function usualEngine({ scheme }: PlanInput['proxy']): Engine {
  if (scheme === 'https') return 'squid-peek';
  return scheme === 'http' ? 'systemd-socat' : 'systemd-nc';
}

function partsOf(input: PlanInput): PlanParts {
  switch (input.engine) {
    case 'systemd-nc':
    case 'systemd-socat':
      return systemdFiles(input, input.engine);
    case 'squid-peek':
      return squidFiles(input);
    case 'compose':
      return composeFiles(input);
    case 'kubernetes':
      return kubernetesFiles(input);
    case 'openrc':
    case 'sysv':
      return initFiles(input, input.engine);
  }
}

/** Why no plan can be made of this; null: it can. */
function problemOf(input: PlanInput): string | null {
  return unusableName(input) ?? unreachable(input);
}

/** Names may come from a report of unknown origin, and become words of scripts that root runs. */
function unusableName({ hosts, proxy }: PlanInput): string | null {
  if (hosts.length > MOST_BRIDGED) return `more than ${MOST_BRIDGED} hosts`;
  const wrong = hosts.find(({ host }) => !isName(host) || familyOf(host) !== null || !host.includes('.'));
  if (wrong !== undefined) return `${JSON.stringify(wrong.host)} is no full name of a host`;
  return isName(proxy.host) ? null : `the proxy needs a plain name or address, and has ${JSON.stringify(proxy.host)}`;
}

function isName(text: string): boolean {
  const parsed = parseHostName(text);
  return parsed.ok && !parsed.host.startsWith('*');
}

/** Why an engine cannot reach this proxy; null: it can. */
function unreachable({ engine, proxy, unit }: PlanInput): string | null {
  const { scheme, credentials } = proxy;
  if (engine === 'squid-peek') {
    if (scheme !== 'http' && scheme !== 'https')
      return `a Squid can only hand on to a proxy of HTTP, and this one speaks ${scheme}: --engine systemd-nc`;
    return unit === null || !/^[\w@.-]+\.service$/.test(unit)
      ? 'squid-peek is limited to the unit of PMS, and none was found: use another engine'
      : null;
  }
  if (scheme === 'https') return 'neither nc nor socat reaches a proxy by TLS: --engine squid-peek';
  const isSocks = scheme !== 'http';
  if (isSocks && engine !== 'systemd-nc')
    return `socat of most systems does not speak ${scheme} as curl does: --engine systemd-nc`;
  if (engine === 'systemd-nc' && credentials !== null)
    return isSocks
      ? 'nc takes no password from a file, and socat speaks no SOCKS with passwords: use a proxy of HTTP'
      : 'nc takes no password from a file: --engine systemd-socat';
  return null;
}
