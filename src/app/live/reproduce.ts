import { failed, notRun, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import { planScans, type PlannedScan } from '../../core/model/experiment.ts';
import { reasonCodeOf } from '../../core/model/reason.ts';
import { SECTIONS_CALLS, type PmsStatus } from '../../core/model/pms-status.ts';
import type { Earlier } from '../../core/model/since.ts';
import { Deadline } from '../../core/values/deadline.ts';
import { followFile, followPipe, type ProxyLog } from '../../gather/experiment/proxy-log.ts';
import { PmsClient } from '../../gather/pms/api/client.ts';
import { withBorn } from '../../gather/settings/born.ts';
import { STATUS_BUDGET_MS } from '../../gather/pms/api/status.ts';
import { evidenceOf, type GatheredEvidence } from '../evidence-document.ts';
import { layGround, withOwnEndpoints, type Groundwork } from './groundwork.ts';
import { usedVariables } from '../used-variables.ts';
import { findAccess, readToken, settleAccess, statusOf, type PmsAccess } from './pms-access.ts';
import { probeEndpoints } from './probe-endpoints.ts';
import type { Run } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { CALL_MS, watchExperiment, type Laboratory, type Watched } from './watched-experiment.ts';

export interface ReproduceOptions {
  readonly sections: readonly string[];
  readonly yes: boolean;
  readonly scanTimeoutMs: number;
  /** `-` is standard input. */
  readonly accessLog: string | null;
  readonly tryProviderRefresh: boolean;
  /** `--after`; null: nothing is repeated. */
  readonly earlier: Earlier | null;
}

/** Gathers what `reproduce` judges: asks PMS to scan while watching it, then probes. */
export async function gatherReproduction(run: Run, given: ReproduceOptions): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const { options, terminal, signal } = run;
  const token = await readToken(options.tokenFile, terminal);
  const laid = await layGround(run);
  const found = await findAccess({ pms: options.pms, token }, laid.located, terminal);
  const question = { ...options, extraRootsPem: laid.extraRootsPem };
  const access = found.state === 'ok' ? ok(await settleAccess(found.value, question, signal)) : found;
  const proxyLog = await followProxyLog(given.accessLog, run);
  const reached: Gathered<Reached> =
    access.state === 'ok' ? ok({ access: access.value, status: await stateOf(access.value, laid, signal) }) : access;
  const ground = withOwnEndpoints(laid, valueOf(reached)?.status ?? null, options);
  const experimenting =
    reached.state === 'ok'
      ? experimentOn(
          { ...given, run, ground, proxyLog, client: clientFor(reached.value.access, ground) },
          given,
          reached.value.status,
        )
      : Promise.resolve({ ...NOTHING_DONE, experiment: reached });
  const { born, ...seen } = await experimenting.finally(() => proxyLog?.close());
  // Only now, so that our own connections are not taken for PMS's.
  const probed = await probeEndpoints(run, ground, true, born);
  const { endpoints, located, settings } = ground;
  const evidence = evidenceOf(
    { command: 'reproduce', startedAt, options, signal },
    {
      endpoints: ok(endpoints),
      pms: located.pms,
      settings: withBorn(settings, born, valueOf(seen.traffic)?.flows ?? []),
      ...probed,
      pmsStatus: reached.state === 'ok' ? ok(reached.value.status) : reached,
      ...seen,
    },
  );
  const { earlier } = given;
  return { evidence: earlier === null ? evidence : { ...evidence, earlier }, variables: usedVariables(ground) };
}

const NOTHING_DONE: Pick<Watched, 'traffic' | 'pmsLog' | 'born'> = {
  born: [],
  traffic: notRun('NOT_WATCHED', 'PMS could not be asked to scan, so it was not watched'),
  pmsLog: notRun('NO_PMS_LOG', 'PMS could not be asked to scan, so its log was not read'),
};

export function clientFor({ base, found }: PmsAccess, { extraRootsPem }: Groundwork): Laboratory['client'] {
  return (timeoutMs, signal, deadline) =>
    new PmsClient({
      base,
      token: found.token,
      timeoutMs,
      signal,
      extraRootsPem,
      certificateId: found.certificateId,
      ...(deadline === undefined ? {} : { deadline }),
    });
}

async function followProxyLog(path: string | null, { terminal }: Run): Promise<ProxyLog | null> {
  if (path === null) return null;
  if (path === '-') return followPipe(terminal.input);
  const followed = await followFile(path);
  if ('code' in followed) throw new UsageError(`--access-log: ${path} cannot be read (${followed.code})`);
  return followed;
}

/** A PMS that can be asked, and what it said of itself. */
interface Reached {
  readonly access: PmsAccess;
  readonly status: PmsStatus;
}

export function stateOf(access: PmsAccess, ground: Groundwork, signal: AbortSignal): Promise<PmsStatus> {
  return statusOf(clientFor(access, ground)(CALL_MS, signal, Deadline.after(STATUS_BUDGET_MS)), access.found);
}

async function experimentOn(laboratory: Laboratory, given: ReproduceOptions, status: PmsStatus): Promise<Watched> {
  const { client, run } = laboratory;
  const { terminal, signal } = run;
  if (status.sections === null) {
    const { troubles } = status;
    const trouble = troubles.find(({ call }) => call === SECTIONS_CALLS[0]) ?? troubles[0];
    const message = trouble?.message ?? 'PMS did not list its libraries';
    return { ...NOTHING_DONE, experiment: failed(reasonCodeOf(trouble?.code ?? 'NO_SECTIONS'), message) };
  }
  const plan = planOf(status, given.sections);
  if (plan.length === 0) {
    return { ...NOTHING_DONE, experiment: notRun('NO_LIBRARY', 'PMS has no library to scan') };
  }
  announce(plan, run);
  if (!given.yes && !(await terminal.confirm('Go on?', signal)))
    throw new UsageError('not confirmed: PMS was not asked to scan');
  const folders = await foldersOf(client(CALL_MS, signal));
  return watchExperiment(laboratory, plan, folders);
}

export function planOf({ sections }: PmsStatus, named: readonly string[]): readonly PlannedScan[] {
  const plan = planScans(sections ?? [], named);
  if (plan.ok) return plan.scans;
  const ids = (sections ?? []).map(({ id, type }) => `${id} (${type})`);
  const known = ids.length > 12 ? `${ids.slice(0, 12).join(', ')} and ${ids.length - 12} more` : ids.join(', ');
  throw new UsageError(`--section: PMS has no library ${plan.unknown}; it has ${known || 'none'}`);
}

function announce(plan: readonly PlannedScan[], { terminal }: Run): void {
  terminal.note('PMS will be asked to look for updates, and to scan (never by force):');
  for (const { library, role } of plan)
    terminal.note(
      `  library ${library.id} (${library.type}, ${library.agent})${role === 'control' ? ': the control, which needs no endpoint outside' : ''}`,
    );
}

/** One folder of each library, to scan no more than that where it is enough. They go to PMS and nowhere else. */
export async function foldersOf(client: PmsClient): Promise<ReadonlyMap<string, string>> {
  const sections = await client.sections();
  return new Map(
    (sections.ok ? sections.value.sections : []).flatMap(({ id, locations: [first] }) =>
      first === undefined ? [] : [[id, first]],
    ),
  );
}
