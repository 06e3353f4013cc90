import type { EnvFrom } from '../../core/env-from.ts';
import { failed, notRun, ok, valueOf, type Gathered } from '../../core/evidence.ts';
import type { Surroundings } from '../../core/flows.ts';
import type { Flow, Traffic } from '../../core/traffic.ts';
import { mostRelevant, mostRelevantQuestions, Relevance } from '../logs/relevance.ts';
import { systemErrorCode } from '../pms/files.ts';
import type { LocatedPms } from '../pms/locate.ts';
import { Procfs } from './procfs.ts';
import { flowsOf, questionsOf } from './seen-flows.ts';
import { Watch } from './watch.ts';
import { watchersOf } from './watchers.ts';

export interface ObserveOptions {
  readonly located: LocatedPms;
  /** Proxies by address and name, and the endpoints of the catalogue. */
  readonly surroundings: Surroundings;
  readonly forMs: number;
  /** Ends the watching early, with everything that was seen so far. */
  readonly signal: AbortSignal;
  /** Names of the catalogue by address, as our own resolver gives them; they are inferred. */
  readonly lookups: ReadonlyMap<string, readonly string[]>;
  /** Called when everything that can watch does: what happens from now on is seen. */
  readonly onReady?: () => void;
  /** Each new kind of flow once, as it comes. */
  readonly onFlow: (flow: Flow) => void;
  /** Which PMS to follow when it starts, or starts anew. */
  readonly hint?: EnvFrom;
  readonly procRoot?: string;
  /** Where the tools of a capture are looked for, as PATH is written. */
  readonly path?: string | undefined;
}

/** How often new flows are told. Where there are many, working them out takes longer, and they are told more rarely. */
const TELL_EVERY_MS = 1_000;
const TELL_SHARE = 0.01;

/**
 * Watches the processes of PMS: their sockets in procfs, and their packets where tcpdump or dumpcap may capture. Linux only. What
 * this user may not see is said in the watchers; it is a failure only when PMS did not run, or nothing could be watched at all. Nothing
 * else of this program may make connections meanwhile: those that end at once cannot be told from PMS's.
 */
export async function observeTraffic(options: ObserveOptions): Promise<Gathered<Traffic>> {
  const { located, forMs, signal, procRoot = '/proc' } = options;
  if (located.platform !== 'linux') {
    return notRun(
      'LINUX_ONLY',
      'the connections of PMS can be watched on Linux only; "read" takes a capture or a log of any system',
    );
  }
  let procfs: Procfs;
  try {
    procfs = new Procfs(procRoot);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return failed('NO_PROCFS', `${procRoot} could not be read (${code})`);
  }
  const { hint = { kind: 'auto' }, path = process.env['PATH'] } = options;
  const watch = new Watch(procfs, { procRoot, forMs, path, hint });
  const fromMs = Date.now();
  try {
    await untilEnd(watch, options);
  } finally {
    await watch.stop();
    procfs.close();
  }
  const seen = watch.seen();
  if (seen === null) {
    const message = signal.aborted
      ? 'PMS did not run until the watching was ended'
      : `PMS did not run during ${forMs / 1000} s`;
    return failed('PMS_NOT_RUNNING', message);
  }
  const all = flowsOf({ ...seen, surroundings: options.surroundings, lookups: options.lookups });
  const relevance = new Relevance(options.surroundings.endpoints);
  const { flows, omitted } = mostRelevant(all, relevance);
  return ok({
    watchers: watchersOf(watch, fromMs, Date.now()),
    flows: [...flows],
    questions: [...mostRelevantQuestions(questionsOf(watch.questions(), seen, options.surroundings), relevance)],
    omitted: omitted + (watch.sockets?.omitted ?? 0),
  });
}

/** Runs the watch until its time is over or the signal comes; throws what went wrong in its timers. */
async function untilEnd(watch: Watch, options: ObserveOptions): Promise<void> {
  const { located, forMs, signal } = options;
  const ended = new Promise<void>((settle, reject) => {
    const timer = setTimeout(settle, forMs);
    const end = (): void => {
      clearTimeout(timer);
      settle();
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    watch.onBug = (error) => {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error(String(error)));
    };
  });
  const teller = tellFlows(watch, options);
  try {
    const started = watch.start(valueOf(located.pms)?.pid ?? null).then(() => options.onReady?.());
    await Promise.race([Promise.all([started, ended]), ended]);
  } finally {
    clearTimeout(teller.timer);
  }
}

function tellFlows(watch: Watch, { surroundings, lookups, onFlow }: ObserveOptions): { timer: NodeJS.Timeout } {
  const told = new Set<string>();
  const tell = (): void => {
    const seen = watch.seen();
    const flows = seen === null ? [] : flowsOf({ ...seen, surroundings, lookups });
    for (const flow of flows) {
      const kind = kindOf(flow);
      if (told.has(kind) || isTooEarly(flow)) continue;
      told.add(kind);
      onFlow(flow);
    }
  };
  const turn = (): void => {
    const startedAt = performance.now();
    watch.guarded(tell);
    teller.timer = setTimeout(turn, Math.max(TELL_EVERY_MS, (performance.now() - startedAt) / TELL_SHARE));
  };
  const teller = { timer: setTimeout(turn, TELL_EVERY_MS) };
  return teller;
}

/** What a reader of the progress takes for the same. */
function kindOf({ process, route, transport, targetPort, names, address }: Flow): string {
  const target =
    names.length === 0
      ? address
      : names
          .map(({ name }) => name)
          .toSorted()
          .join(' ');
  return JSON.stringify([process, route, transport, targetPort, target]);
}

/** A flow of the last moment may still get its name and its end. */
function isTooEarly({ outcome, firstAt }: Flow): boolean {
  return outcome === null && Date.now() - Date.parse(firstAt ?? '') < 2 * TELL_EVERY_MS;
}
