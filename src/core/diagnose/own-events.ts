import { isDuring, isRefusal, type Experiment } from '../model/experiment.ts';
import type { SeenFlow } from '../judge/observed.ts';
import type { DnsQuestionSeen, Flow, PmsRequest } from '../model/traffic.ts';
import type { Failure } from './attempts.ts';
import type { Judgement, State } from './judgement.ts';
import { failedForNetwork } from './scans.ts';
import type { SeenScene } from './seen-scene.ts';

/**
 * The events of each program whose attempts failed, within the scans that failed. An event of another program, or at another time, acquits
 * nothing: a cause is judged by these alone as well, and the gravest judgement stands.
 */
export function ownEvents(scene: SeenScene, { attempts }: Failure): readonly SeenScene[] {
  const programs = new Set(attempts.flatMap(({ process }) => (process === null ? [] : [programOf(process)])));
  const failing = failingScans(scene);
  return [...programs].map((program) => eventsOf(program, failing, scene));
}

function eventsOf(program: string, failing: Experiment['scans'], scene: SeenScene): SeenScene {
  const isOfThem = (process: string | null): boolean => process === null || programOf(process) === program;
  const isThen = (event: Times): boolean => failing.length === 0 || failing.some((scan) => isDuring(event, scan));
  const isOwn = ({ flow }: SeenFlow): boolean => isOfThem(flow.process) && isThen(flow);
  const isOwnQuestion = (asked: DnsQuestionSeen): boolean => isOfThem(asked.process) && isThen(asked);
  const isOwnRequest = ({ log, ...times }: PmsRequest): boolean => isOfThem(log) && isThen({ ...times, pid: null });
  const { observed, pmsLog } = scene;
  return {
    ...scene,
    ended: scene.ended.filter(isOwn),
    observed: observed && {
      ...observed,
      flows: observed.flows.filter(isOwn),
      questions: observed.questions.filter(isOwnQuestion),
      byEndpoint: Object.fromEntries(
        Object.entries(observed.byEndpoint).map(([id, { direct, proxy }]) => [
          id,
          { direct: direct.filter(isOwn), proxy: proxy.filter(isOwn) },
        ]),
      ),
    },
    pmsLog: pmsLog && { ...pmsLog, requests: pmsLog.requests.filter(isOwnRequest) },
  };
}

type Times = Pick<Flow, 'firstAt' | 'lastAt' | 'pid' | 'count'>;

function failingScans(scene: SeenScene): Experiment['scans'] {
  return (scene.experiment?.scans ?? []).filter((scan) => isRefusal(scan) || failedForNetwork(scan, scene));
}

/** `Plex Media Scanner Matcher` is the log of a `Plex Media Scanner`. */
function programOf(process: string): string {
  return /^Plex Media Scanner/.exec(process)?.[0] ?? process;
}

/** From the one that acquits to the one that proves. */
const GRAVITY: readonly State[] = ['ruled-out', 'unknown', 'possible', 'likely', 'confirmed'];

/** The judgement that says most against a cause, the first of equals; null: one says nothing, and no other speaks against the cause. */
export function gravest(judgements: readonly (Judgement | null)[]): Judgement | null {
  const rank = (one: Judgement | null): number => GRAVITY.indexOf(one?.state ?? 'unknown');
  return judgements.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}
