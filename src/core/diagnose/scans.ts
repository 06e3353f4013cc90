import { isFailure } from '../model/outcome.ts';
import { isDuring, isOfControl, needyScans, SCANNER, type Scan } from '../model/experiment.ts';
import { METADATA_HOST, type PmsStatus } from '../model/pms-status.ts';
import type { Diagnosis } from '../model/report.ts';
import type { PmsRequest, PmsScan } from '../model/traffic.ts';
import { failedRequests, seenNeeds, type EndedFlow, type SeenScene } from './seen-scene.ts';

/** A library that needs an endpoint was scanned, and every needed endpoint that PMS contacted meanwhile answered. */
export function reachedWhatScansNeed(scene: SeenScene): boolean {
  if (scene.experiment === null) return false;
  const finished = needyScans(scene.experiment).filter(({ end }) => end === 'finished');
  // PMS's own word: an answer of the provider, in the part of its log that was written meanwhile.
  if (finished.length > 0 && scannerReached(scene)) return true;
  const contacted = finished.flatMap((scan) => flowsDuring(scan, scene));
  return contacted.length > 0 && contacted.every((flows) => flows.some(({ end }) => end === 'ok'));
}

/** Whether a scan got as far as asking one of those that it needs, or PMS logged a failed request. */
export function scanAskedAnyHost(scene: SeenScene): boolean {
  const { experiment } = scene;
  if (experiment === null) return false;
  const scans = needyScans(experiment);
  const isMeanwhile = (at: string | null): boolean =>
    at !== null && scans.some(({ startedAt, endedAt }) => startedAt <= at && at <= endedAt);
  return (
    scans.some((scan) => flowsDuring(scan, scene).length > 0) ||
    scene.needed.some((endpoint) =>
      failedRequests(scene, endpoint).some(
        ({ log, lastAt }) => !isOfControl(experiment, log, endpoint.host) && isMeanwhile(lastAt),
      ),
    )
  );
}

/** The flows to each needed endpoint during a scan, without those of a control. */
export function flowsDuring(scan: Scan, scene: SeenScene): readonly (readonly EndedFlow[])[] {
  const { experiment } = scene;
  if (experiment === null) return [];
  return seenNeeds(scene)
    .map(({ endpoint, direct, proxy }) =>
      [...direct, ...proxy].filter(
        ({ flow }) => isDuring(flow, scan) && !isOfControl(experiment, flow.process, endpoint.host),
      ),
    )
    .filter((flows) => flows.length > 0);
}

/** A scan that PMS took, and for which one of its processes then could not reach what it needs. */
export function failedForNetwork(scan: Scan, scene: SeenScene): boolean {
  if (scan.library.needs === 'nothing' || scan.end === 'refused') return false;
  return flowsDuring(scan, scene).some(
    (flows) => flows.some(({ end }) => isFailure(end)) && !flows.some(({ end }) => end === 'ok'),
  );
}

/** Whether everything that a scan attempted was seen, over both families, from its begin to its end. */
export function watchedWhole(
  { observed }: SeenScene,
  { startedAt, endedAt }: Pick<Scan, 'startedAt' | 'endedAt'>,
): boolean {
  return (observed?.watchers ?? []).some(({ covers = [] }) =>
    covers.some(
      ({ transports, families, from, to }) =>
        transports.includes('tcp') && families.length === 2 && from <= startedAt && endedAt <= to,
    ),
  );
}

/**
 * The last result of PMS's scanner in its log: the metadata provider answered it, after it was last refused or PMS was last started. It shows
 * the course of a scan, which no probe does.
 */
export function scannerReached({ pmsLog }: SeenScene): boolean {
  const own = (pmsLog?.requests ?? []).filter(({ log, host }) => log.startsWith(SCANNER) && host === METADATA_HOST);
  const last = own.reduce<PmsRequest | null>(
    (latest, request) => ((request.lastAt ?? '') >= (latest?.lastAt ?? '') ? request : latest),
    null,
  );
  return last !== null && last.status !== null && last.lastAt !== null && last.lastAt >= (pmsLog?.states[0]?.at ?? '');
}

/** By PMS's own log: only the last result of each section counts, because the trouble may have been fixed. */
export function refusedSections({ pmsLog, pmsStatus }: SeenScene): Diagnosis['sections'] {
  const last = new Map<string, PmsScan>();
  for (const scan of pmsLog?.scans ?? [])
    if (scan.kind === 'refused' || scan.kind === 'started') last.set(scan.section ?? 'all', scan);
  return [...last].flatMap(([id, { kind, status }]) =>
    kind === 'refused' && status !== null && status >= 500
      ? [{ id, ...kindOf(id, pmsStatus), status, condition: 'reproduced', failed: 'refused' }]
      : [],
  );
}

/** The log names libraries by number; PMS itself knows more. */
function kindOf(id: string, status: PmsStatus | null): { readonly type: string; readonly agent: string } {
  const { type = 'unknown', agent = 'unknown' } = status?.sections?.find((section) => section.id === id) ?? {};
  return { type, agent };
}
