import type { Watcher } from '../../core/traffic.ts';
import { isoOf } from '../logs/times.ts';
import { LOOK_EVERY_MS, type Watch } from './watch.ts';

/** Who watched, what it would have shown, and what it may have missed. */
export function watchersOf(watch: Watch, fromMs: number, toMs: number): Watcher[] {
  const period = { from: isoOf(fromMs), to: isoOf(toMs) };
  const captures = watch.sessions.filter(({ trouble }) => trouble === null);
  return [
    { kind: 'socket', ...period, ...socketWatcher(watch, captures.length > 0) },
    ...captures.map((session): Watcher => ({
      kind: 'capture',
      source:
        session.networkOf === null ? 'packets of this network' : `packets of the network of pid ${session.networkOf}`,
      ...period,
      // One that ended early shows what it saw, and nothing by what it did not see.
      shows: session.dead === null ? ['direct', 'proxy'] : [],
      misses: [
        'attempts for which this host has no route, as they send nothing',
        'the names of connections that were open before the watching began',
      ],
      problems: [...session.lost, ...(session.dead === null ? [] : [`the capture ended early: ${session.dead}`])],
    })),
  ];
}

function socketWatcher(watch: Watch, hasCapture: boolean): Pick<Watcher, 'source' | 'shows' | 'misses' | 'problems'> {
  const { tree, sockets, sessions } = watch;
  const processes = [...(tree?.all() ?? [])].length;
  const problems = sessions.flatMap(({ trouble }) => (trouble === null ? [] : [`${trouble.code}: ${trouble.message}`]));
  if (sockets?.denied === true) {
    problems.push(
      'EACCES: this user may not see which sockets the processes of PMS hold; only root or the user of PMS may',
    );
  }
  if (sockets?.unreadable === true)
    problems.push('EACCES: the socket tables of the network that PMS runs in cannot be read');
  const everyMs = hasCapture ? LOOK_EVERY_MS.withCapture : LOOK_EVERY_MS.alone;
  return {
    source: `sockets of ${processes} ${processes === 1 ? 'process' : 'processes'}, new ones looked for every ${everyMs} ms`,
    // Where nobody can say which sockets are PMS's, what is seen counts, and what is not seen means nothing.
    shows: sockets?.unreadable === true || sockets?.denied === true ? [] : ['direct'],
    misses: hasCapture
      ? []
      : [
          `connections that were gone within ${everyMs} ms, as refused ones are, or within longer while very many were made`,
        ],
    problems,
  };
}
