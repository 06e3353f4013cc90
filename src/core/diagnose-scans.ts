import { scannedSections } from './diagnose-experiment.ts';
import { isDuring, isOfControl, needyScans, type Scan } from './experiment.ts';
import type { SeenFlow } from './observed.ts';
import type { PmsStatus } from './pms-status.ts';
import type { Diagnosis } from './report.ts';
import { failedRequests, seenNeeds, type SeenScene } from './seen-scene.ts';
import { isBlocked } from './tell-flow.ts';
import type { PmsScan } from './traffic.ts';

/** The condition, by the scans that PMS was asked for, or by those of which its log tells. */

/** The sections that were scanned in the experiment; without one, those whose scan PMS refused by its own log. */
export function seenSections(scene: SeenScene): Diagnosis['sections'] {
  return scene.experiment === null
    ? refusedSections(scene)
    : scannedSections(scene.experiment, (scan) => failedForNetwork(scan, scene));
}

/** A scan that PMS took, and for which one of its processes then could not reach what it needs. */
function failedForNetwork(scan: Scan, scene: SeenScene): boolean {
  if (scan.library.needs === 'nothing' || scan.end === 'refused') return false;
  return flowsDuring(scan, scene).some(
    (flows) => flows.some(({ flow }) => isBlocked(flow.outcome)) && !flows.some(({ flow }) => flow.outcome === 'ok'),
  );
}

/** A library that needs somebody outside was scanned, and every needed endpoint that was contacted meanwhile let PMS in. */
export function reachedWhatScansNeed(scene: SeenScene): boolean {
  if (scene.experiment === null) return false;
  const finished = needyScans(scene.experiment).filter(({ end }) => end === 'finished');
  const contacted = finished.flatMap((scan) => flowsDuring(scan, scene));
  return contacted.length > 0 && contacted.every((flows) => flows.some(({ flow }) => flow.outcome === 'ok'));
}

/** Whether a scan got as far as asking one of those that it needs, or PMS logged that it did so in vain. */
export function scanAskedSomebody(scene: SeenScene): boolean {
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

/** What went to each needed endpoint during a scan, and was not sent for the sake of a control. */
export function flowsDuring(scan: Scan, scene: SeenScene): readonly (readonly SeenFlow[])[] {
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

/** By PMS's own log: only the last word on each section counts, for the trouble may have been mended. */
export function refusedSections({ pmsLog, pmsStatus }: SeenScene): Diagnosis['sections'] {
  const last = new Map<string, PmsScan>();
  for (const scan of pmsLog?.scans ?? [])
    if (scan.kind === 'refused' || scan.kind === 'started') last.set(scan.section ?? 'all', scan);
  return [...last].flatMap(([id, { kind, status }]) =>
    kind === 'refused' && status !== null && status >= 500
      ? [{ id, ...kindOf(id, pmsStatus), status, condition: 'reproduced' }]
      : [],
  );
}

/** The log names libraries by number; PMS itself knows more. */
function kindOf(id: string, status: PmsStatus | null): { readonly type: string; readonly agent: string } {
  const { type = 'unknown', agent = 'unknown' } = status?.sections?.find((section) => section.id === id) ?? {};
  return { type, agent };
}
