import {
  failed,
  NO_EXPERIMENT,
  NO_PMS_LOG,
  NOT_WATCHED,
  notRun,
  ok,
  valueOf,
  type Gathered,
} from '../../core/model/evidence.ts';
import { observeTraffic, type Observation } from '../../gather/observe/observe.ts';
import { withBorn } from '../../gather/settings/born.ts';
import { lookAround, proxiesOf } from '../../gather/surroundings.ts';
import { placesOfBorn } from './born-places.ts';
import { evidenceOf, type GatheredEvidence } from '../evidence-document.ts';
import { layGround, withOwnEndpoints, type Groundwork } from './groundwork.ts';
import { usedVariables } from '../used-variables.ts';
import { askPms, readToken } from './pms-access.ts';
import { readLogs } from './pms-logs.ts';
import { probeEndpoints, type Probed } from './probe-endpoints.ts';
import { startWatching } from '../progress.ts';
import type { Run } from '../run.ts';

/** The parts of a live run that its command chooses. */
export interface LivePlan {
  readonly probe: boolean;
  /** How long PMS's own traffic is watched; null: not at all. */
  readonly observeMs: number | null;
  /** PMS's own recent logs are read. */
  readonly logs: boolean;
}

/** Gathers everything that `check` and `observe` judge. Watching comes after probing, so that our own connections are not taken for PMS's. */
export async function gatherLive(run: Run, plan: LivePlan): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const { options, terminal, signal } = run;
  const token = await readToken(options.tokenFile, terminal);
  const laid = await layGround(run);
  const { located, settings, extraRootsPem } = laid;
  const readingLogs = plan.logs ? readLogs(run, located) : NO_PMS_LOG;
  // Its answer names endpoints of its own.
  const pmsStatus = await askPms(
    { pms: options.pms, timeoutMs: options.timeoutMs, token, extraRootsPem },
    located,
    terminal,
    signal,
  );
  const ground = withOwnEndpoints(laid, valueOf(pmsStatus), options);
  const { endpoints } = ground;
  const [probed, pmsLog] = await Promise.all([
    plan.probe ? probeEndpoints(run, ground, !options.timeoutGiven) : NOT_PROBED,
    readingLogs,
  ]);
  const { traffic, born } = await watchedBy(run, plan, ground);
  const evidence = evidenceOf(
    { command: plan.probe ? 'check' : 'observe', startedAt, options, signal },
    {
      endpoints: ok(endpoints),
      pms: located.pms,
      settings: withBorn(settings, born, valueOf(traffic)?.flows ?? []),
      ...probed,
      traffic,
      pmsLog,
      pmsStatus,
      experiment: NO_EXPERIMENT,
    },
  );
  return { evidence, variables: usedVariables(ground) };
}

const nothingProbed = notRun('NOT_PROBED', 'nothing was probed in this run');
export const NOT_PROBED: Probed = {
  proxies: nothingProbed,
  'attempts.direct': nothingProbed,
  'attempts.proxy': nothingProbed,
  resolver: nothingProbed,
  vantage: nothingProbed,
  load: nothingProbed,
  childProxies: nothingProbed,
};

/** `observe` waits for a PMS that does not run yet; `check` reports how things are now, so it does not wait. */
async function watchedBy(run: Run, plan: LivePlan, ground: Groundwork): Promise<Observation> {
  if (plan.observeMs === null) return unwatched(NOT_WATCHED);
  if (plan.probe && (valueOf(ground.located.pms)?.pid ?? null) === null) {
    run.terminal.note('PMS does not run, so there is nothing to watch ("observe" waits for it)');
    return unwatched(failed('PMS_NOT_RUNNING', 'PMS did not run'));
  }
  return watch(run, ground, plan.observeMs);
}

function unwatched(traffic: Gathered<never>): Observation {
  return { traffic, born: [] };
}

async function watch(
  { options, terminal, signal }: Run,
  { endpoints, located, live }: Groundwork,
  forMs: number,
): Promise<Observation> {
  if (signal.aborted) return unwatched(notRun('INTERRUPTED', 'interrupted before the watching began'));
  const { surroundings, lookups } = await lookAround(endpoints, proxiesOf(live), signal);
  const progress = startWatching(terminal, forMs);
  return observeTraffic({
    located,
    surroundings,
    lookups,
    forMs,
    placesOf: placesOfBorn,
    signal,
    hint: options.envFrom,
    path: terminal.environment['PATH'],
    onFlow: (flow) => progress.seen(flow, endpoints),
  }).finally(() => progress.end());
}
