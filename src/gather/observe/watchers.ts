import type { Reason } from '../../core/model/reason.ts';
import type { Coverage, Flow, Watcher, WatcherKind } from '../../core/model/traffic.ts';
import { isoOf } from '../flows/times.ts';
import { LOOK_EVERY_MS } from './sockets/sampling.ts';
import type { Told } from './seen-flows.ts';
import type { Tracer } from './trace/tracer.ts';
import type { Watch } from './watch.ts';

/** Each watcher with the traffic that it would have shown, and the traffic that it may have missed, in figures where there are any. */
export function watchersOf(watch: Watch, told: Told, fromMs: number, toMs: number): Watcher[] {
  const period = { from: isoOf(fromMs), to: isoOf(toMs) };
  const captures = watch.sessions.filter(({ trouble }) => trouble === null);
  const troubles = watch.sessions.flatMap(({ trouble }) => (trouble === null ? [] : [wordsOf(trouble)]));
  const tracer = watch.following?.traced?.tracer ?? null;
  return [
    tracer === null
      ? { kind: 'socket', live: true, ...period, ...socketWatcher(watch, told, captures.length > 0, troubles) }
      : traceWatcher(tracer, told, troubles, toMs),
    ...captures.map((session): Watcher => ({
      kind: 'capture',
      live: true,
      source:
        session.networkOf === null ? 'packets of this network' : `packets of the network of pid ${session.networkOf}`,
      ...period,
      // A watcher that ended early shows what it saw, but its silence proves nothing.
      shows: session.dead === null ? ['direct', 'proxy'] : [],
      misses: [
        'attempts for which this host has no route, as they send nothing',
        'the names of connections that were open before the watching began',
      ],
      problems: [...session.lost, ...(session.dead === null ? [] : [`the capture ended early: ${session.dead}`])],
    })),
  ];
}

function wordsOf({ code, message }: Reason): string {
  return `${code}: ${message}`;
}

function traceWatcher(tracer: Tracer, told: Told, troubles: readonly string[], toMs: number): Watcher {
  const { lost, lostEnds, unplaced, omitted, processCount, isSendingTold, periods } = tracer;
  const gapsMs = periods.slice(1).reduce((sum, { fromMs }, i) => sum + fromMs - (periods[i]?.toMs ?? fromMs), 0);
  const hasLost = lost !== 0 || omitted > 0;
  return {
    kind: 'trace',
    live: true,
    source: `the kernel's trace of PMS's processes, ${processCount} in all`,
    from: isoOf(periods[0]?.fromMs ?? null),
    to: isoOf(toMs),
    shows: hasLost ? [] : ['direct'],
    misses: sentences([
      [
        lost !== 0,
        `${lost ?? 'an unknown number of'} records of PMS's processes, which came faster than they were read`,
      ],
      [omitted > 0, `${omitted} attempts beyond what is kept`],
      [
        gapsMs > 0,
        `traffic of PMS while it was not followed, because it started anew (${(gapsMs / 1000).toFixed(1)} s)`,
      ],
      [unplaced > 0, `where ${unplaced} datagrams went, whose sockets were connected before the watching began`],
      [!isSendingTold, 'datagrams that no packet shows, other than DNS: Linux tells of them from 6.3 on'],
    ]),
    missed: {
      attempts: hasLost || gapsMs > 0 || !isSendingTold ? null : 0,
      shown: shownBy('trace', told.flows),
      reasons: [
        ...(hasLost ? [{ reason: 'lost' as const, count: lost === null ? null : lost + omitted }] : []),
        ...(gapsMs > 0 ? [{ reason: 'not-followed' as const, count: Math.round(gapsMs) }] : []),
        ...(unplaced > 0 ? [{ reason: 'before' as const, count: unplaced }] : []),
      ],
    },
    covers: hasLost ? [] : periods.map(({ fromMs, toMs: endMs }) => coverage(tracer, fromMs, Math.min(endMs, toMs))),
    problems: [
      ...sentences([
        [lostEnds !== 0, `${lostEnds ?? 'some'} records of how connections ended were lost because they came too fast`],
      ]),
      ...troubles,
    ],
  };
}

function coverage({ isSendingTold, isIPv6Traced }: Tracer, fromMs: number, toMs: number): Coverage {
  return {
    processes: 'tree',
    transports: isSendingTold ? ['tcp', 'udp'] : ['tcp'],
    families: isIPv6Traced ? [4, 6] : [4],
    place: 'everywhere',
    from: isoOf(fromMs) ?? '',
    to: isoOf(toMs) ?? '',
  };
}

function socketWatcher(
  watch: Watch,
  told: Told,
  hasCapture: boolean,
  troubles: readonly string[],
): Omit<Watcher, 'kind' | 'from' | 'to'> {
  const { tree = null, sockets = null, refusal = null } = watch.following ?? {};
  const processes = [...(tree?.all() ?? [])].length;
  const everyMs = hasCapture ? LOOK_EVERY_MS.withCapture : LOOK_EVERY_MS.alone;
  const { unowned } = told;
  const unseen = watch.unseenOpens();
  const isBlind = sockets?.unreadable === true || sockets?.denied === true;
  return {
    source: `sockets of ${processes} ${processes === 1 ? 'process' : 'processes'}, new ones looked for every ${everyMs} ms`,
    // Sockets cannot be attributed here, so seen ones count, but absence proves nothing.
    shows: isBlind ? [] : ['direct'],
    misses: sentences([
      [hasCapture, `the process of a connection that was gone within ${everyMs} ms, as refused ones are`],
      [
        !hasCapture,
        `connections that were gone within ${everyMs} ms, as refused ones are, or within longer while very many were made`,
      ],
      [true, 'attempts for which this host has no route, as no list shows their sockets'],
      [unowned > 0, `the process of ${unowned} connections that were seen and that no process was seen to hold`],
      [
        unseen !== null && unseen > 0,
        `${unseen} connections that the kernel counted in this network, PMS's own or others', and that were not seen`,
      ],
    ]),
    missed: {
      attempts: null,
      shown: shownBy('socket', told.flows),
      reasons: [
        ...(unowned > 0 ? [{ reason: 'no-owner' as const, count: unowned }] : []),
        ...(unseen === 0 ? [] : [{ reason: 'unseen' as const, count: unseen }]),
      ],
    },
    problems: [
      ...troubles,
      ...(refusal === null ? [] : [wordsOf(refusal)]),
      ...sentences([
        [
          sockets?.denied === true,
          'EACCES: this user may not see which sockets the processes of PMS hold; only root or the user of PMS may',
        ],
        [sockets?.unreadable === true, 'EACCES: the socket tables of the network that PMS runs in cannot be read'],
      ]),
    ],
  };
}

/** The sentences whose condition holds. */
function sentences(all: readonly (readonly [boolean, string])[]): string[] {
  return all.flatMap(([isSo, sentence]) => (isSo ? [sentence] : []));
}

function shownBy(kind: WatcherKind, flows: readonly Flow[]): number {
  const own = flows.filter(({ process, seenBy }) => process !== null && seenBy.includes(kind));
  return own.reduce((sum, { count }) => sum + count, 0);
}
