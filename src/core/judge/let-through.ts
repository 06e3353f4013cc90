import { plainName, meantNames, surestNames } from './traffic/flows.ts';
import type { SeenFlow } from './observed.ts';

/** The target of a flow as a comparable key: host and port, or all candidate names where none is certain. */
export function targetKey({ flow, host, endpoint }: SeenFlow): string {
  const port = flow.targetPort ?? flow.port;
  const name = host ?? endpoint?.host ?? null;
  const names = name === null ? surestNames(meantNames(flow)).map((each) => each.name) : [name];
  return JSON.stringify([port, name === null ? flow.address : null, names.map(plainName).toSorted()]);
}

/**
 * A policy that was fixed meanwhile is no trouble any more, nor is a challenge that was answered, usually in the same second of a log.
 * Without the time of every refusal no later success is known, and a success of one client says nothing about another.
 */
export function wasLetThroughLater(refused: readonly SeenFlow[], all: readonly SeenFlow[]): boolean {
  const letThrough = all.filter(({ flow, host }) => flow.route === 'proxy' && flow.outcome === 'ok' && host !== null);
  return refused.every((each) => {
    const { lastAt, outcome, client } = each.flow;
    return letThrough.some(
      (seen) =>
        targetKey(seen) === targetKey(each) &&
        seen.flow.client === client &&
        lastAt !== null &&
        seen.flow.lastAt !== null &&
        (outcome === 'proxy-auth' ? seen.flow.lastAt >= lastAt : seen.flow.lastAt > lastAt),
    );
  });
}
