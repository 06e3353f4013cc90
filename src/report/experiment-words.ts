import { isRefusal } from '../core/diagnose-experiment.ts';
import { isDuring, isOfControl, needyScans, type Control, type Experiment, type Scan } from '../core/experiment.ts';
import type { Report } from '../core/report.ts';
import { connectionWords } from './endpoint-words.ts';
import { libraryKind } from './library-words.ts';
import type { Mark } from './style.ts';
import { between, duration, listed } from './times.ts';
import { processWords, type ReportedFlow } from './traffic-words.ts';

/** What PMS was asked in an experiment, and what came of it, in words. */

export interface Step {
  readonly label: string;
  readonly text: string;
  readonly mark?: Mark;
}

export const ASKED_TITLE = 'What PMS was asked';

/** A PMS that looks for updates asks this host. */
const UPDATES_HOST = 'plex.tv';
const SERVER = 'Plex Media Server';
/** What a control causes begins at once. */
const CONTROL_MS = 3_000;
/** Names that one line gives before it counts. */
const LISTED = 3;

/** Every step in its order; empty without an experiment. */
export function experimentSteps(report: Report): readonly Step[] {
  const { experiment } = report;
  if (experiment === null) return [];
  return [
    ...experiment.controls.map((control) => ({ at: control.at, step: controlStep(control, report) })),
    ...experiment.scans.map((scan) => ({ at: scan.startedAt, step: scanStep(scan, report) })),
  ]
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map(({ step }) => step);
}

/** Why nothing was asked of PMS, for a command that should have; null where it was. */
export function notAskedWords({ experimentReason }: Report): string | null {
  return experimentReason && `${experimentReason.message} (${experimentReason.code})`;
}

const ACCESS_ADVICE =
  'Run this as root or as the user that PMS runs as, or give a token of the owner of this server by --token-file or in the variable PLEX_TOKEN.';
const PLACE_ADVICE = 'See that PMS runs and answers; --pms URL says where it is asked.';
const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHORIZED: ACCESS_ADVICE,
  FORBIDDEN: ACCESS_ADVICE,
  PMS_NOT_ASKED: PLACE_ADVICE,
  PMS_NOT_LISTENING: PLACE_ADVICE,
  NOT_PMS: PLACE_ADVICE,
  TIMEOUT: PLACE_ADVICE,
  CUT: PLACE_ADVICE,
  NO_ROUTE: PLACE_ADVICE,
  UNRESOLVED: PLACE_ADVICE,
  NO_LIBRARY: 'Add a library to PMS; a small one of music with something new in it shows most.',
};

/** What to do so that PMS can be asked; null where nothing is known to help. */
export function notAskedAdvice({ experimentReason }: Report): string | null {
  return experimentReason && (ADVICE[experimentReason.code] ?? null);
}

// ── controls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function controlStep({ kind, at, status, trouble }: Control, report: Report): Step {
  const answer = trouble === null ? String(status ?? '') : trouble.message;
  if (kind === 'provider-refresh') return { label: 'providers, asked again', text: answer };
  return { label: 'updates check', text: `${answer}: ${updatesWords(at, report)}` };
}

/** Which way PMS's own request went: that PMS itself uses the proxy is what the scanner is compared with. */
function updatesWords(at: string, { traffic }: Report): string {
  if (traffic === null) return 'which way its own request went was not watched';
  const to = new Date(Date.parse(at) + CONTROL_MS).toISOString();
  const own = traffic.flows.filter(
    (flow) =>
      (flow.process === null || flow.process === SERVER) &&
      flow.names.some(({ name }) => name === UPDATES_HOST) &&
      overlaps(flow, at, to),
  );
  const ways = (['proxy', 'direct'] as const).flatMap((route) => {
    const flows = own.filter((flow) => flow.route === route);
    return flows.length === 0 ? [] : [wayWords(route, flows)];
  });
  const isItsOwn = own.some(({ process }) => process !== null);
  if (ways.length > 0) {
    return isItsOwn
      ? `its own request to ${UPDATES_HOST} went ${ways.join(', and ')}`
      : `a request to ${UPDATES_HOST} went ${ways.join(', and ')} (its process was not seen)`;
  }
  const nameless = traffic.flows.find(
    (flow) => flow.process === SERVER && flow.route === 'proxy' && flow.names.length === 0 && overlaps(flow, at, to),
  );
  if (nameless !== undefined)
    return `a connection to the proxy was seen then (${processWords(nameless.process, nameless.pid, null)})`;
  const isWhole = traffic.watchers.some(({ shows }) => shows.includes('direct') && shows.includes('proxy'));
  return `no request of its own to ${UPDATES_HOST} was seen${isWhole ? '' : ', and not all of them would have been'}`;
}

function wayWords(route: 'proxy' | 'direct', flows: readonly ReportedFlow[]): string {
  const who = flows.flatMap(({ process, pid }) => (process === null ? [] : [processWords(process, pid, null)]));
  const became = [...new Set(flows.flatMap(({ outcome }) => (outcome === null || outcome === 'ok' ? [] : [outcome])))];
  const trouble = became.length === 0 ? '' : `: ${became.map(connectionWords).join(', ')}`;
  const by = who.length === 0 ? '' : ` by ${listed([...new Set(who)], LISTED)}`;
  return `${route === 'proxy' ? 'through the proxy' : 'directly'}${by}${trouble}`;
}

function overlaps({ firstAt, lastAt }: ReportedFlow, from: string, to: string): boolean {
  return firstAt !== null && lastAt !== null && firstAt <= to && from <= lastAt;
}

// ── scans ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

function scanStep(scan: Scan, report: Report): Step {
  const { library, role, attempt } = scan;
  const { text, mark } = scanWords(scan, report);
  const remark = attempt > 1 ? 'again: ' : role === 'control' ? 'the control: ' : '';
  return { label: `library ${library.id} (${libraryKind(library)})`, text: remark + text, mark };
}

function scanWords(scan: Scan, report: Report): { readonly text: string; readonly mark: Mark } {
  const { status, body, end, trouble, startedAt, endedAt } = scan;
  const ms = between(startedAt, endedAt);
  const took = ms === null ? '' : ` ${duration(ms)}`;
  switch (end) {
    case 'refused': {
      const words = [status, body === null ? null : `"${body}"`].filter((word) => word !== null).join(' ');
      return { text: `refused: ${words}${took === '' ? '' : ` after${took}`}`, mark: isRefusal(scan) ? 'bad' : 'warn' };
    }
    case 'finished': {
      const failed = wasReproduced(scan, report);
      const meanwhile = scan.library.needs === 'nothing' ? '' : `; ${contactWords([scan], report)}`;
      return {
        text: `scanned${took === '' ? '' : ` in${took}`}${meanwhile}`,
        mark: failed ? 'bad' : 'good',
      };
    }
    case 'running':
      return { text: `not at its end after${took}; left to end by itself`, mark: 'warn' };
    case 'cancelled':
      return { text: `interrupted after${took}, and cancelled`, mark: 'warn' };
    case 'unanswered':
      return {
        text: `no answer: ${trouble === null ? 'no reason given' : `${trouble.message} (${trouble.code})`}`,
        mark: 'warn',
      };
  }
}

function wasReproduced({ library, attempt }: Scan, { scan: { sections } }: Report): boolean {
  return attempt === 1 && sections.some(({ id, condition }) => id === library.id && condition === 'reproduced');
}

/** What of the things that a scan needs was contacted while these ran. */
function contactWords(scans: readonly Scan[], report: Report): string {
  if (report.traffic === null) return 'what it asked for was not watched';
  const { reached, failed } = contacted(scans, report);
  if (reached.length + failed.length === 0) return 'no endpoint that a scan needs was contacted meanwhile';
  return [
    ...(reached.length === 0 ? [] : [`meanwhile PMS reached ${listed(reached, LISTED)}`]),
    ...(failed.length === 0 ? [] : [`meanwhile PMS did not reach ${listed(failed, LISTED)}`]),
  ].join(', and ');
}

interface Contacted {
  readonly reached: readonly string[];
  readonly failed: readonly string[];
}

function contacted(scans: readonly Scan[], { traffic, endpoints, experiment }: Report): Contacted {
  const flows = (traffic?.flows ?? []).filter((flow) => scans.some((scan) => isDuring(flow, scan)));
  const needed = endpoints.flatMap(({ id, host, need }) => {
    const own = flows.filter(
      ({ endpoint, route, process }) =>
        endpoint === id &&
        (route === 'direct' || route === 'proxy') &&
        !(experiment !== null && isOfControl(experiment, process, host)),
    );
    return need === 'scan' && own.length > 0 ? [{ host, isReached: own.some(({ outcome }) => outcome === 'ok') }] : [];
  });
  const hostsWhere = (isReached: boolean): readonly string[] =>
    needed.flatMap((each) => (each.isReached === isReached ? [each.host] : []));
  return { reached: hostsWhere(true), failed: hostsWhere(false) };
}

// ── what it is worth ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What an experiment proves that did not show the condition; null where it did, and without one. */
export function experimentWorth(report: Report): string | null {
  const { experiment, scan } = report;
  if (experiment === null || experiment.scans.length === 0 || scan.condition === 'reproduced') return null;
  return `not reproduced: ${worthOf(experiment, report)}`;
}

function worthOf(experiment: Experiment, report: Report): string {
  const needy = needyScans(experiment);
  if (needy.length === 0 && experiment.scans.every(({ end }) => end === 'finished'))
    return 'the libraries that were scanned need nobody outside, which proves nothing about others';
  const finished = needy.filter(({ end }) => end === 'finished');
  if (finished.length === 0)
    return 'no scan of a library that needs somebody outside came to its end, so nothing is proven either way';
  const which = `${finished.length === 1 ? 'library' : 'libraries'} ${listed([...new Set(finished.map(({ library }) => library.id))], LISTED)}`;
  if (report.traffic === null)
    return `${which} was scanned to the end, but nobody watched whether anything outside was asked for it`;
  const { reached, failed } = contacted(finished, report);
  if (reached.length > 0 && failed.length === 0)
    return `PMS scanned ${which} to the end and reached what it asked for: ${listed(reached, LISTED)}`;
  if (reached.length + failed.length > 0)
    return `PMS scanned ${which} to the end, although it did not reach ${listed(failed, LISTED)}`;
  return `PMS scanned ${which} to the end without contacting an endpoint that a scan needs, which proves little: without new content there is nothing to ask for. Add something new to it and run this again`;
}
