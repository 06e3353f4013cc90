import { familyOf } from '../../../core/values/address.ts';
import type { Flow, FlowName } from '../../../core/model/traffic.ts';
import type { AccessEntry } from '../../../parse/access-log/entry.ts';
import { outcomeOf } from '../../../parse/access-log/outcome.ts';
import { isoOf } from '../../flows/times.ts';

/** Flow of a proxy's log lines for one kind of request. */
export function flowOfEntry(entry: AccessEntry): Flow {
  const { client, host, port, sni, status, count, firstMs, lastMs } = entry;
  const names: FlowName[] = [];
  if (sni !== null) names.push({ name: sni, source: 'sni', outer: false });
  if (host !== null) names.push({ name: host, source: 'access-log', outer: false });
  return {
    process: null,
    pid: null,
    attribution: null,
    transport: 'tcp',
    family: client === null ? null : familyOf(client),
    client,
    address: null,
    scope: null,
    port: null,
    protocol: 'http-proxy',
    names,
    targetPort: port,
    route: 'proxy',
    outcome: outcomeOf(entry),
    code: codeOf(entry),
    // Squid logs 0 when it sent no reply.
    status: status === 0 ? null : status,
    count,
    tries: count,
    firstAt: isoOf(firstMs),
    lastAt: isoOf(lastMs),
    seenBy: ['access-log'],
  };
}

function codeOf({ pseudo, error, result }: AccessEntry): string | null {
  if (pseudo !== null) return pseudo;
  return error ?? (result === null ? null : [result.protocol, result.tag].filter((word) => word !== null).join('_'));
}

/** A proxy that wants a login refuses each client's first request with 407; with NTLM two for each request that is let through. */
const CHALLENGES_PER_REQUEST = 2;

/**
 * Leaves out refusals with 407 that were only the question for the login: the same client was let through to the same host, and not much
 * less often.
 */
export function withoutChallenges(flows: readonly Flow[]): readonly Flow[] {
  const accepted = new Map<string, number>();
  for (const flow of flows) {
    if (flow.route !== 'proxy' || flow.outcome === 'proxy-auth' || flow.outcome === null) continue;
    accepted.set(targetOf(flow), (accepted.get(targetOf(flow)) ?? 0) + flow.count);
  }
  return flows.filter((flow) => {
    if (flow.outcome !== 'proxy-auth') return true;
    const count = accepted.get(targetOf(flow)) ?? 0;
    return count === 0 || flow.count > CHALLENGES_PER_REQUEST * (count + 1);
  });
}

function targetOf({ client, names, targetPort, seenBy }: Flow): string {
  const asked = names.find(({ source }) => source !== 'sni') ?? names[0];
  return JSON.stringify([client, asked?.name, targetPort, seenBy]);
}
