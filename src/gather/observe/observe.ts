import type { EnvFrom } from '../../core/values/env-from.ts';
import { failed, notRun, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import type { Surroundings } from '../../core/judge/traffic/flows.ts';
import type { Flow, Traffic } from '../../core/model/traffic.ts';
import { LIVE_FLOWS_KEPT, mostRelevant, mostRelevantQuestions, Relevance } from '../flows/relevance.ts';
import { systemErrorCode } from '../system/errors.ts';
import type { BornProcesses } from '../settings/born.ts';
import type { LocatedPms } from '../pms/locate.ts';
import { Procfs } from '../system/procfs.ts';
import { flowsOf, questionsOf, toldOf } from './seen-flows.ts';
import { Watch } from './watch.ts';
import { watchersOf } from './watchers.ts';

export interface ObserveOptions {
  readonly located: LocatedPms;
  /** Proxies by address and name, and the endpoints of the catalogue. */
  readonly surroundings: Surroundings;
  readonly forMs: number;
  /** Ends the watching early; the result holds everything seen so far. */
  readonly signal: AbortSignal;
  /** Names of the catalogue by address, as our own resolver gives them; they are inferred. */
  readonly lookups: ReadonlyMap<string, readonly string[]>;
  /** The places of the proxies that processes born meanwhile were given: they are proxies, whatever PMS itself uses. */
  readonly placesOf?: (born: readonly BornProcesses[]) => Promise<ReadonlySet<string>>;
  /** Called when all watchers run: events from now on are seen. */
  readonly onReady?: () => void;
  /** Each new kind of flow once, as it comes. */
  readonly onFlow: (flow: Flow) => void;
  /** Picks the PMS to follow when it starts, or starts anew. */
  readonly hint?: EnvFrom;
  readonly procRoot?: string;
  /** Folders in which the tools of a capture are looked for, in the form of PATH. */
  readonly path?: string | undefined;
}

export interface Observation {
  readonly traffic: Gathered<Traffic>;
  /** Programs that PMS started meanwhile. */
  readonly born: readonly BornProcesses[];
}

/** Time between two announcements of new flows. With many flows, finding them takes longer, and they are announced more rarely. */
const TELL_EVERY_MS = 1_000;
const TELL_SHARE = 0.01;

/**
 * Watches the processes of PMS: by the kernel's trace, or their sockets in procfs where that is refused, and their packets where tcpdump or
 * dumpcap may capture. Linux only. The watchers tell which parts this user may not see; it is a failure only when PMS did not run, or nothing
 * could be watched at all. Nothing else of this program may make connections meanwhile: without a trace, those that end at once cannot be
 * told from PMS's.
 */
export async function observeTraffic(options: ObserveOptions): Promise<Observation> {
  const { located, forMs, signal, procRoot = '/proc' } = options;
  if (located.platform !== 'linux') {
    const message =
      'the connections of PMS can be watched on Linux only; "read" takes a capture or a log of any system';
    return { traffic: notRun('LINUX_ONLY', message), born: [] };
  }
  let procfs: Procfs;
  try {
    procfs = new Procfs(procRoot);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return { traffic: failed('NO_PROCFS', `${procRoot} could not be read (${code})`), born: [] };
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
    return { traffic: failed('PMS_NOT_RUNNING', message), born: [] };
  }
  const born = watch.born();
  const others = (await options.placesOf?.(born)) ?? [];
  const surroundings = { ...options.surroundings, proxies: new Set([...options.surroundings.proxies, ...others]) };
  const told = toldOf({ ...seen, surroundings, lookups: options.lookups });
  const relevance = new Relevance(surroundings.endpoints);
  const { flows, omitted } = mostRelevant(told.flows, relevance, LIVE_FLOWS_KEPT);
  const traffic = ok({
    watchers: watchersOf(watch, told, fromMs, Date.now()),
    flows: [...flows],
    questions: [...mostRelevantQuestions(questionsOf(watch.questions(), seen, surroundings), relevance)],
    omitted: omitted + (watch.following?.sockets.omitted ?? 0),
  });
  return { traffic, born };
}

/** Runs the watch until its time is over or the signal comes; throws errors of its timers. */
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

/** Flows with the same key look the same to a reader of the progress. */
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
