import { isInOwnNetwork } from './custom-providers.ts';
import type { JudgedEndpoint } from './facts.ts';
import type { Routing } from './settings/routing.ts';
import { furthest } from './traffic/flows.ts';
import { groupBy } from '../values/group.ts';
import { triesSeen, type SeenFlow } from './observed.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Bypass } from '../model/report.ts';
import type { DialectId } from '../dialects/index.ts';

/**
 * Flows of one program, target and outcome together: a program that is started anew for every file has many pids, and is one trouble.
 * Where only one end was seen, connections whose end was not (mostly the last ones) belong with it.
 */
export function groupSeen(flows: readonly SeenFlow[]): readonly (readonly [SeenFlow, ...SeenFlow[]])[] {
  const byTarget = groupBy(flows, ({ flow, host, endpoint }) => {
    const { process, address, port, targetPort, transport } = flow;
    return JSON.stringify([process, host ?? endpoint?.host ?? address, targetPort ?? port, transport]);
  });
  return [...byTarget.values()].flatMap((own) => byOutcome(own, ({ flow }) => flow.outcome));
}

/** Groups of the same end. Members whose end was not seen are the last ones of the only group, if there is but one. */
function byOutcome<T>(
  members: readonly [T, ...T[]],
  outcomeOf: (member: T) => Outcome | null,
): readonly (readonly [T, ...T[]])[] {
  const groups = [...groupBy(members, (member) => String(outcomeOf(member))).values()];
  const [seen, ...others] = groups.filter(([first]) => outcomeOf(first) !== null);
  if (seen === undefined || others.length > 0) return groups;
  return [[...seen, ...members.filter((member) => outcomeOf(member) === null)]];
}

/** Connections that were seen to go around the proxy, one group for each program, target and outcome. */
export function seenAround(flows: readonly SeenFlow[]): readonly (readonly [SeenFlow, ...SeenFlow[]])[] {
  return groupSeen(flows.filter(({ bypass }) => bypass));
}

/** One such group as a bypass. The last pid stands for all. */
export function observedBypass(own: readonly [SeenFlow, ...SeenFlow[]]): Bypass {
  const { flow, host, endpoint } = own[0];
  const pids = [...new Set(own.flatMap((each) => each.flow.pid ?? []))];
  return {
    host: host ?? endpoint?.host ?? null,
    address: flow.address,
    port: flow.targetPort ?? flow.port ?? 0,
    process: flow.process,
    pid: pids.at(-1) ?? null,
    pids,
    outcome: furthest(own.map((each) => each.flow.outcome)),
    // Counts tries, not connections: a dropped connection is one socket and many SYNs.
    count: triesSeen(own),
    kind: 'observed',
    dialects: [],
    evidence: [...new Set(own.flatMap((each) => each.flow.seenBy))],
  };
}

/**
 * Endpoints that the variables themselves send around the proxy, for the clients that PMS consists of: its own libcurl, and the
 * Python of its plug-ins. Without a configured proxy there is nothing to go around, and within the own network neither.
 */
export function configuredBypasses(results: readonly JudgedEndpoint[], routing: Routing): Bypass[] {
  if (!routing.configured) return [];
  const clients: readonly DialectId[] = [routing.pmsDialect, 'python-urllib'];
  return results.flatMap((judged): Bypass[] => {
    const { endpoint, result } = judged;
    if (isInOwnNetwork(judged)) return [];
    const decisions = routing.decisions[endpoint.id];
    const dialects = decisions
      ? clients.filter((id) => decisions[id].route === 'direct' && decisions[id].error === null)
      : [];
    if (dialects.length === 0) return [];
    const { outcome } = result.direct;
    return [
      {
        host: result.host,
        address: null,
        port: result.port,
        process: null,
        pid: null,
        outcome: outcome === 'not-run' ? null : outcome,
        count: 0,
        kind: 'configured',
        dialects,
        evidence: ['settings'],
      },
    ];
  });
}
