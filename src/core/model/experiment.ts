import * as z from 'zod/mini';
import { librarySchema, METADATA_HOST, SIGN_IN_HOST, troubleSchema, type Library } from './pms-status.ts';
import { said, text, time } from './privacy.ts';
import { list, obj } from './schema.ts';
import type { Flow } from './traffic.ts';

/** The experiment of `reproduce`: scans that PMS was asked for while it was watched, and what they came to. */

/** Why a library is scanned: the user named it, it stands for its agent, or it needs no endpoint and shows that scans work. */
export const SCAN_ROLES = ['asked', 'agent', 'control'] as const;
export type ScanRole = (typeof SCAN_ROLES)[number];

/**
 * refused: PMS answered with an error. finished: it took the scan, and its activity ended. running: it had not ended in time. cancelled: by
 * Ctrl-C. unanswered: PMS did not answer, or ended.
 */
const SCAN_ENDS = ['refused', 'finished', 'running', 'cancelled', 'unanswered'] as const;

export const scanSchema = obj({
  library: librarySchema,
  role: z.enum(SCAN_ROLES),
  /** 1; 2 for the scan after a refresh of the providers. */
  attempt: z.int(),
  /** Only one of its folders was scanned, where that is enough. */
  narrowed: z.boolean(),
  startedAt: time(),
  endedAt: time(),
  /** The call that `status` answers, method and path. */
  call: z.optional(text()),
  status: z.nullable(z.int()),
  /** PMS's words for a refusal, without possible titles and paths. */
  body: z.nullable(said()),
  end: z.enum(SCAN_ENDS),
  trouble: z.nullable(troubleSchema),
});
export type Scan = z.infer<typeof scanSchema>;

/** A question that makes PMS itself send something, to see which way that goes. */
export const controlSchema = obj({
  kind: z.enum(['updater-check', 'provider-refresh']),
  at: time(),
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
 * Chooses the libraries to scan: the named ones, else the smallest set that covers each agent. The control, which needs no endpoint, comes
 * first, and music before the rest, because PMS refuses music.
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

/** Hosts that PMS itself asks because of a control; a request there may be the control's and not a scan's. */
const CONTROL_HOSTS: Readonly<Record<Control['kind'], string>> = {
  'updater-check': SIGN_IN_HOST,
  'provider-refresh': METADATA_HOST,
};

/**
 * A connection of a scan begins during the scan; an older one belongs to an earlier scan. Of several connections without a known process,
 * which are counted together, the last one may be the scan's.
 */
export function isDuring({ firstAt, lastAt, pid, count }: FlowTimes, { startedAt, endedAt }: Scan): boolean {
  const isWithin = (at: string | null): boolean => at !== null && startedAt <= at && at <= endedAt;
  return isWithin(firstAt) || (pid === null && count > 1 && isWithin(lastAt));
}

type FlowTimes = Pick<Flow, 'firstAt' | 'lastAt' | 'pid' | 'count'>;

/**
 * Whether a program may have asked a host for the sake of a control: PMS itself may be busy with one when a scan has begun; its scanner
 * never is. A request without a known process was quick, so it is over before the scan that follows a refresh of the providers.
 */
export function isOfControl({ controls }: Experiment, program: string | null, host: string): boolean {
  if (program?.startsWith(SCANNER) === true) return false;
  return controls.some(({ kind }) => CONTROL_HOSTS[kind] === host && (kind === 'updater-check' || program !== null));
}

/**
 * PMS itself refused, and does not say that something else than the network is the reason. 4xx says that the request was wrong, or not
 * allowed, and nothing about the network.
 */
export function isRefusal(scan: Scan): boolean {
  return scan.end === 'refused' && scan.status !== null && scan.status >= 500 && !namesOtherReason(scan);
}

/** The reason phrases of RFC 9110 section 15.6 say no more than the status. */
const BARE_REFUSAL =
  /^(?:\d{3}\s*)?(?:internal server error|not implemented|bad gateway|service unavailable|gateway timeout)?$/i;
/** Words by which a refusal may mean the network, the account or the providers. */
const ABOUT_NETWORK =
  /\b(?:internet|network|connect(?:ion|ed)?|online|offline|reach|resolve|dns|proxy|plex\.tv|provider|metadata|agent|sign(?:ed)?[ -]?in|account|cloud)\b/i;

/** Whether PMS gives a reason that has nothing to do with the network: no space left, maintenance. */
function namesOtherReason({ body }: Scan): boolean {
  const words = (body ?? '').trim();
  return !BARE_REFUSAL.test(words) && !ABOUT_NETWORK.test(words);
}

/** Whether PMS's own words for a refusal name its sign-in. */
export function namesSignIn({ body }: Scan): boolean {
  return /\bsign(?:ed)?[ -]?in\b/i.test(body ?? '');
}

/** Scans of libraries that need an endpoint. */
export function needyScans({ scans }: Experiment): readonly Scan[] {
  return scans.filter(({ library }) => library.needs !== 'nothing');
}
