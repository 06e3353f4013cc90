import { type Experiment, type Scan } from './experiment.ts';
import type { Judgement } from './judgement.ts';
import { METADATA_HOST } from './pms-status.ts';
import type { Diagnosis } from './report.ts';

/** What the experiment says: the scans that PMS was asked for, and how each ended. */

/** Each library that was scanned, by its first scan: a second one was made under other conditions. */
export function scannedSections(experiment: Experiment, failed: (scan: Scan) => boolean): Diagnosis['sections'] {
  return experiment.scans
    .filter(({ attempt }) => attempt === 1)
    .map((scan) => ({
      id: scan.library.id,
      type: scan.library.type,
      agent: scan.library.agent,
      status: scan.status,
      condition: conditionOf(scan, failed(scan)),
    }));
}

function conditionOf(scan: Scan, failed: boolean): Diagnosis['condition'] {
  if (isRefusal(scan) || failed) return 'reproduced';
  return scan.end === 'finished' ? 'not-found' : 'unknown';
}

/** PMS itself refused; 4xx says that the request was wrong, or not allowed, and nothing about the network. */
export function isRefusal({ end, status }: Scan): boolean {
  return end === 'refused' && status !== null && status >= 500;
}

export function tellScan({ library, status, body, end, attempt }: Scan): string {
  const which = `library ${library.id} (${library.type}, ${library.agent})`;
  const again = attempt > 1 ? ' when it was asked again' : '';
  switch (end) {
    case 'refused':
      return `PMS refused to scan ${which}${again}: ${status}${body === null ? '' : ` "${body}"`}`;
    case 'finished':
      return `PMS scanned ${which} to its end${again}`;
    case 'running':
      return `the scan of ${which} had not ended in time${again}`;
    case 'cancelled':
      return `the scan of ${which} was interrupted${again}`;
    case 'unanswered':
      return `PMS did not answer the request to scan ${which}${again}`;
  }
}

/** PMS's own word for a refusal decides about its sign-in. */
export function signInByExperiment(experiment: Experiment): Judgement | null {
  const refusals = experiment.scans.filter(isRefusal);
  const named = refusals.filter(({ body }) => /\bsign(?:ed)?[ -]?in\b/i.test(body ?? ''));
  if (named.length > 0) return { state: 'confirmed', because: named.map(tellScan) };
  const taken = experiment.scans.filter(({ library, end }) => library.type === 'artist' && end === 'finished');
  return refusals.length === 0 && taken.length > 0 ? { state: 'ruled-out', because: taken.map(tellScan) } : null;
}

/** A scan that is refused, and taken once the providers were asked again, was refused for their sake. */
export function providerByExperiment(experiment: Experiment): Judgement | null {
  const again = experiment.scans.filter(({ attempt }) => attempt === 2);
  const mended = again.filter(({ end }) => end === 'finished');
  if (mended.length > 0) {
    return {
      state: 'confirmed',
      because: [
        ...experiment.scans.filter(isRefusal).map(tellScan),
        'then its providers were asked again',
        ...mended.map(tellScan),
      ],
      hosts: [METADATA_HOST],
    };
  }
  const stillRefused = again.filter(isRefusal);
  return stillRefused.length > 0
    ? { state: 'unknown', because: ['asking its providers again changed nothing', ...stillRefused.map(tellScan)] }
    : null;
}
