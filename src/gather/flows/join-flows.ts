import { mergeFlows } from '../../core/judge/traffic/flows.ts';
import type { Flow } from '../../core/model/traffic.ts';

/**
 * Joins equal flows, as `mergeFlows` does, with a key of no more than differs among flows of files: these know no processes. A capture has
 * hundreds of thousands, of which few are equal.
 */
export function joinFlows(flows: Iterable<Flow>): readonly Flow[] {
  const groups = new Map<string, Flow[]>();
  for (const flow of flows) {
    const { client, transport, address, port, protocol, targetPort, route, outcome, code, status } = flow;
    let key = `${client} ${transport} ${address} ${port} ${protocol} ${targetPort} ${route} ${outcome} ${code} ${status}`;
    for (const { name, source, outer } of flow.names) key += ` ${source}${outer ? '*' : ''} ${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [flow]);
    else group.push(flow);
  }
  return [...groups.values()].flatMap((group) => (group.length === 1 ? group : mergeFlows(group)));
}
