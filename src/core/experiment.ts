import * as z from 'zod/mini';
import { librarySchema, METADATA_HOST, SIGN_IN_HOST, troubleSchema, type Library } from './pms-status.ts';
import { list, obj } from './schema.ts';
import type { Flow } from './traffic.ts';

/** The experiment of `reproduce`: scans that PMS was asked for while it was watched, and what they came to. */

/** Why a library is scanned: the user named it, it stands for its agent, or it needs nobody outside and shows that scans work. */
export const SCAN_ROLES = ['asked', 'agent', 'control'] as const;
export type ScanRole = (typeof SCAN_ROLES)[number];

/**
 * refused: PMS answered with an error. finished: it took the scan, and its activity ended. running: it had not ended in time. cancelled: by
 * Ctrl-C. unanswered: PMS did not answer, or ended.
 */
export const SCAN_ENDS = ['refused', 'finished', 'running', 'cancelled', 'unanswered'] as const;

export const scanSchema = obj({
  library: librarySchema,
  role: z.enum(SCAN_ROLES),
  /** 1; 2 for the scan after a refresh of the providers. */
  attempt: z.int(),
  /** Only one of its folders was scanned, where that is enough. */
  narrowed: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string(),
  status: z.nullable(z.int()),
  /** What PMS said with a refusal, without what could be a title or a path. */
  body: z.nullable(z.string()),
  end: z.enum(SCAN_ENDS),
  trouble: z.nullable(troubleSchema),
});
export type Scan = z.infer<typeof scanSchema>;

/** A question that makes PMS itself send something, to see which way that goes. */
export const controlSchema = obj({
  kind: z.enum(['updater-check', 'provider-refresh']),
  at: z.string(),
  status: z.nullable(z.int()),
  trouble: z.nullable(troubleSchema),
});
export type Control = z.infer<typeof controlSchema>;

export const experimentSchema = obj({
  scans: list(scanSchema),
  controls: list(controlSchema),
});
export type Experiment = z.infer<typeof experimentSchema>;

/** One scan that will be asked for. */
export interface PlannedScan {
  readonly library: Library;
  readonly role: ScanRole;
}

export type ScanPlan =
  | { readonly ok: true; readonly scans: readonly PlannedScan[] }
  | { readonly ok: false; readonly unknown: string };

/**
 * Which libraries are scanned: those that were named; else the smallest set that covers each agent, the one that needs nobody outside first,
 * as the control, and music before the rest, because music is what PMS refuses.
 */
export function planScans(libraries: readonly Library[], named: readonly string[]): ScanPlan {
  if (named.length > 0) {
    const unknown = named.find((id) => !libraries.some((library) => library.id === id));
    if (unknown !== undefined) return { ok: false, unknown };
    return {
      ok: true,
      scans: libraries.filter(({ id }) => named.includes(id)).map((library) => ({ library, role: 'asked' })),
    };
  }
  const firstOfAgent = libraries.filter(
    (library, index) =>
      libraries.findIndex(({ agent, type }) => agent === library.agent && type === library.type) === index,
  );
  const control = firstOfAgent.find(({ needs }) => needs === 'nothing');
  const others = firstOfAgent.filter(({ needs }) => needs !== 'nothing');
  const music = others.filter(({ type }) => type === 'artist');
  const rest = others.filter(({ type }) => type !== 'artist');
  return {
    ok: true,
    scans: [
      ...(control === undefined ? [] : [{ library: control, role: 'control' } as const]),
      ...[...music, ...rest].map((library) => ({ library, role: 'agent' }) as const),
    ],
  };
}

/** How the names of PMS's scanners begin. */
export const SCANNER = 'Plex Media Scanner';

/** Whom PMS asks itself because of a control; what goes there may be the control's and not a scan's. */
const CONTROL_HOSTS: Readonly<Record<Control['kind'], string>> = {
  'updater-check': SIGN_IN_HOST,
  'provider-refresh': METADATA_HOST,
};

/**
 * What a scan sends begins with it; what began before it is of an earlier one. Of several connections of nobody known, which are counted
 * together, the last one may be the scan's.
 */
export function isDuring({ firstAt, lastAt, pid, count }: FlowTimes, { startedAt, endedAt }: Scan): boolean {
  const isWithin = (at: string | null): boolean => at !== null && startedAt <= at && at <= endedAt;
  return isWithin(firstAt) || (pid === null && count > 1 && isWithin(lastAt));
}

type FlowTimes = Pick<Flow, 'firstAt' | 'lastAt' | 'pid' | 'count'>;

/**
 * Whether a program may have asked a host for the sake of a control: PMS itself may be busy with one when a scan has begun; its scanner
 * never is. What nobody was seen to do was quick: that is over before the scan that comes after a refresh of the providers.
 */
export function isOfControl({ controls }: Experiment, program: string | null, host: string): boolean {
  if (program?.startsWith(SCANNER) === true) return false;
  return controls.some(({ kind }) => CONTROL_HOSTS[kind] === host && (kind === 'updater-check' || program !== null));
}

/** Scans of libraries that need somebody outside. */
export function needyScans({ scans }: Experiment): readonly Scan[] {
  return scans.filter(({ library }) => library.needs !== 'nothing');
}
