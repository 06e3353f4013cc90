import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal, type Control, type Experiment, type PlannedScan, type Scan } from '../../core/model/experiment.ts';
import type { Called, PmsClient } from '../pms/api/client.ts';
import { runScan } from './scan.ts';
import type { TroubleCode } from '../../core/model/reason.ts';

/** Time for PMS to ask its providers after it has answered our request. */
const REFRESH_SETTLE_MS = 2_000;
/** Time for the traffic of a control, which PMS sends at once. */
const CONTROL_SETTLE_MS = 300;

export interface ExperimentOptions {
  /** A client with the time limit of one ordinary call. */
  readonly client: PmsClient;
  /** One whose calls may take as long as a scan: PMS refuses some only when its scanner has given up. */
  readonly patient: PmsClient;
  /** A client that the interruption does not end, for the cleaning up after it. */
  readonly afterwards: PmsClient;
  readonly plan: readonly PlannedScan[];
  /** A folder of a library, by its id: the control needs no more than that. */
  readonly folders: ReadonlyMap<string, string>;
  readonly scanTimeoutMs: number;
  /** `--try-provider-refresh`. */
  readonly tryProviderRefresh: boolean;
  readonly signal: AbortSignal;
  /** Announces each step before it is taken. */
  readonly onStep: (words: string) => void;
}

/** Takes the steps of the plan one after the other. Never asks PMS to change a setting; never forces a scan. */
export async function runExperiment(options: ExperimentOptions): Promise<Experiment> {
  const { client, plan, signal, tryProviderRefresh, onStep } = options;
  const controls: Control[] = [];
  const scans: Scan[] = [];
  if (signal.aborted) return { scans, controls };
  onStep('asking PMS to look for updates: one light request of its own to plex.tv');
  controls.push(await control('updater-check', () => client.updaterCheck()));
  await pause(CONTROL_SETTLE_MS, signal);
  scans.push(...(await scanAll(options, plan, 1)));
  const refused = plan.filter(({ library }) => scans.some((scan) => scan.library.id === library.id && isRefusal(scan)));
  if (!tryProviderRefresh || refused.length === 0 || signal.aborted) return { scans, controls };
  onStep('asking PMS to ask its providers again');
  controls.push(await control('provider-refresh', () => client.providersRefresh()));
  await pause(REFRESH_SETTLE_MS, signal);
  scans.push(...(await scanAll(options, refused, 2)));
  return { scans, controls };
}

async function scanAll(options: ExperimentOptions, plan: readonly PlannedScan[], attempt: number): Promise<Scan[]> {
  const { client, patient, afterwards, folders, scanTimeoutMs, signal, onStep } = options;
  const scans: Scan[] = [];
  for (const planned of plan) {
    if (signal.aborted) break;
    const { library, role } = planned;
    onStep(
      `asking PMS to scan library ${library.id} (${library.type}, ${library.agent})${attempt > 1 ? ' again' : ''}`,
    );
    const path = role === 'control' ? (folders.get(library.id) ?? null) : null;
    const scan = await runScan({
      client,
      patient,
      planned,
      path,
      attempt,
      timeoutMs: scanTimeoutMs,
      signal,
      afterwards,
    });
    scans.push(scan);
    // A PMS that is gone is not asked the remaining questions.
    if (scan.end === 'unanswered' && scan.trouble !== null && GONE.includes(scan.trouble.code)) break;
  }
  return scans;
}

const GONE: readonly TroubleCode[] = ['PMS_NOT_LISTENING', 'CUT', 'TIMEOUT', 'NOT_PMS'];

async function control(kind: Control['kind'], ask: () => Promise<Called<null>>): Promise<Control> {
  const at = new Date().toISOString();
  const called = await ask();
  return { kind, at, status: called.status, trouble: called.ok ? null : called.trouble };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
