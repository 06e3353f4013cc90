import { setTimeout } from 'node:timers/promises';
import type { Deadline } from '../../core/values/deadline.ts';
import type { AttemptRecord } from '../../core/model/probe-records.ts';
import type { Family } from '../../core/model/outcome.ts';
import type { UnreachableCount } from './wire/icmp.ts';
import type { TcpTarget } from './wire/tcp.ts';
import type { StageResult } from './wire/wait.ts';

/**
 * A router that rejects sends few of the ICMP messages that say so: Linux six to one host at once, then one a second for IPv4
 * (net.ipv4.icmp_ratelimit) and ten for IPv6. For this time, destinations that were silent beside rejected ones are asked again: the
 * first SYN, its first retransmission after a second, and some time for the answer.
 */
export const SECOND_QUESTIONS_MS = 1_500;

/** Between two second questions: as the messages for IPv6 become available again. */
const SECOND_QUESTION_EVERY_MS = 100;

/** Errors of a connection that this host itself prohibits: no router sends a message, so no limit of messages applies. */
const LOCAL_PROHIBITION = 'EPERM';

/** Opens a connection and closes it again. */
export type Dial = (target: TcpTarget, deadline: Deadline) => Promise<StageResult<unknown>>;

/**
 * A connection that was "refused" by an ICMP message rather than a reset was prohibited by a filter. The counters decide only when
 * they account for every refused and every prohibited attempt of the family; one stray message must not.
 */
export function tellRejectsApart(
  records: readonly AttemptRecord[],
  before: UnreachableCount | null,
  after: UnreachableCount | null,
): AttemptRecord[] {
  if (before === null || after === null) return [...records];
  const byIcmp = (family: Family, counted: number): boolean => {
    const answered = records.filter(
      (r) => r.family === family && (r.outcome === 'refused' || r.outcome === 'prohibited'),
    );
    return answered.length > 0 && counted >= answered.length;
  };
  const prohibited = { 4: byIcmp(4, after.v4 - before.v4), 6: byIcmp(6, after.v6 - before.v6) };
  return records.map((record) =>
    record.outcome === 'refused' && record.family !== null && prohibited[record.family]
      ? {
          ...record,
          outcome: 'prohibited',
          detail: 'refused by ICMP "port unreachable", as this host\'s counter of received ICMP errors shows',
        }
      : record,
  );
}

/**
 * Asks silent destinations once more, in a family in which others were rejected by ICMP: their messages may have
 * fallen to the router's limit. `portOf` gives the port of an endpoint. Records whose destination answers now say so.
 */
export async function askSilentAgain(
  records: readonly AttemptRecord[],
  portOf: ReadonlyMap<string, number>,
  dial: Dial,
  deadline: Deadline,
): Promise<AttemptRecord[]> {
  const rejected = groupByDestination(records.filter(isRejected), portOf);
  const families = new Set([...rejected.values()].map(({ target }) => target.family));
  const silent = [...groupByDestination(records.filter(isSilent), portOf)].filter(
    ([key, { target }]) => !rejected.has(key) && families.has(target.family),
  );
  const inTurn = { 4: 0, 6: 0 };
  const answers = await Promise.all(
    silent.map(async ([, { target, record }]) => {
      const startsInMs = inTurn[target.family]++ * SECOND_QUESTION_EVERY_MS;
      if (startsInMs >= deadline.leftMs()) return null;
      await setTimeout(startsInMs);
      const answer = await dial(target, deadline);
      return !answer.ok && (answer.outcome === 'prohibited' || answer.outcome === 'refused')
        ? { record, answer }
        : null;
    }),
  );
  const changed = new Map(answers.flatMap((each) => (each ? [[each.record, each.answer] as const] : [])));
  return records.map((record) => {
    const answer = changed.get(record);
    return answer ? { ...record, outcome: answer.outcome, code: answer.code, detail: answer.detail } : record;
  });
}

/**
 * A filter decides by address and port. A silent SYN met the same filter as another SYN to the same address and port that was answered by
 * ICMP: the router only sent no second message. Elsewhere, silence beside rejected attempts stays silence, with
 * a note about the possible reason.
 */
export function shareRejects(records: readonly AttemptRecord[], portOf: ReadonlyMap<string, number>): AttemptRecord[] {
  const rejected = groupByDestination(records.filter(isRejected), portOf);
  const families = new Set([...rejected.values()].map(({ target }) => target.family));
  return records.map((record) => {
    const target = isSilent(record) ? targetOf(record, portOf) : null;
    if (target === null || !families.has(target.family)) return record;
    const twin = rejected.get(keyOf(target))?.record;
    return twin
      ? {
          ...record,
          outcome: twin.outcome,
          code: twin.code,
          detail:
            'an ICMP answer to another attempt at this address and port says so; routers limit how many they send',
        }
      : {
          ...record,
          detail: 'the SYN was not answered; others were by ICMP, of which routers send only a few a second',
        };
  });
}

function isRejected(record: AttemptRecord): boolean {
  return record.outcome === 'prohibited' && record.code !== LOCAL_PROHIBITION;
}

function isSilent(record: AttemptRecord): boolean {
  return record.outcome === 'no-reply' && record.code === 'ETIMEDOUT';
}

interface Destination {
  readonly target: TcpTarget;
  /** The first record of it. */
  readonly record: AttemptRecord;
}

function groupByDestination(
  records: readonly AttemptRecord[],
  portOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, Destination> {
  const destinations = new Map<string, Destination>();
  for (const record of records) {
    const target = targetOf(record, portOf);
    if (target && !destinations.has(keyOf(target))) destinations.set(keyOf(target), { target, record });
  }
  return destinations;
}

function targetOf(record: AttemptRecord, portOf: ReadonlyMap<string, number>): TcpTarget | null {
  const port = portOf.get(record.endpoint);
  const { address, family } = record;
  return port === undefined || address === null || family === null ? null : { address, port, family };
}

function keyOf({ address, port }: TcpTarget): string {
  return `${address} ${port}`;
}
