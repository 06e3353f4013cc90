import {
  isDuring,
  isOfControl,
  isRefusal,
  needyScans,
  type Control,
  type Experiment,
  type Scan,
} from '../../core/model/experiment.ts';
import type { Report } from '../../core/model/report.ts';
import { connectionWords } from '../../core/words/flows.ts';
import { libraryKind, libraryType } from './libraries.ts';
import { facts, list, section, type Fact, type Mark, type Section } from '../blocks/blocks.ts';
import { between, duration, listed } from '../blocks/times.ts';
import { processWords, type ReportedFlow } from './traffic/traffic.ts';

/** The words for an experiment's requests to PMS and their results. */

/** The steps of an experiment, or why none was taken. */
export function askedOfPms(report: Report): readonly Section[] {
  const reason = notAskedWords(report);
  return section({
    title: 'What PMS was asked',
    place: 'folded',
    blocks: [
      ...list(reason === null ? [] : [{ mark: 'warn', text: `nothing: ${reason}` }]),
      ...facts(experimentSteps(report)),
    ],
  });
}

/** A PMS that looks for updates asks this host. */
const UPDATES_HOST = 'plex.tv';
const SERVER = 'Plex Media Server';
/** Traffic that a control causes begins at once. */
const CONTROL_MS = 3_000;
/** Names that one line gives before it counts. */
const LISTED = 3;

/** Every step in its order; empty without an experiment. */
export function experimentSteps(report: Report): readonly Fact[] {
  const { experiment } = report;
  if (experiment === null) return [];
  return [
    ...experiment.controls.map((control) => ({ at: control.at, step: controlStep(control, report) })),
    ...experiment.scans.map((scan) => ({ at: scan.startedAt, step: scanStep(scan, report) })),
  ]
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map(({ step }) => step);
}

/** Each requested scan in a line. */
export function scanFacts(report: Report): readonly Fact[] {
  return (report.experiment?.scans ?? []).map((scan) => {
    const { text, mark } = scanWords(scan, report);
    const type = libraryType(scan.library.type);
    const isControl = scan.role === 'control';
    return {
      label: `${type.charAt(0).toUpperCase()}${type.slice(1)} (${scan.library.id})`,
      text:
        (scan.attempt > 1 ? 'again: ' : '') +
        text.replace(/; .*/, '') +
        (isControl ? ' (control)' : contactInShort(scan, report)),
      mark,
    };
  });
}

/** Why a command that should ask PMS did not; null where it asked. */
function notAskedWords({ experimentReason }: Report): string | null {
  if (experimentReason === null) return null;
  const { code, message } = experimentReason;
  return code === 'OTHER' ? message : `${message} (${code})`;
}

// ── controls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function controlStep({ kind, at, status, trouble }: Control, report: Report): Fact {
  const answer = trouble === null ? String(status ?? '') : trouble.message;
  if (kind === 'provider-refresh') return { label: 'providers, asked again', text: answer };
  return { label: 'updates check', text: `${answer}: ${updatesWords(at, report)}` };
}

/** The route of PMS's own request. The scanner's route is compared with it. */
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

function scanStep(scan: Scan, report: Report): Fact {
  const { library, role, attempt } = scan;
  const { text, mark } = scanWords(scan, report);
  const remark = attempt > 1 ? 'again: ' : role === 'control' ? 'the control: ' : '';
  return { label: `library ${library.id} (${libraryKind(library)})`, text: remark + text, mark };
}

function scanWords(scan: Scan, report: Report): { readonly text: string; readonly mark: Mark } {
  const { call, status, body, end, trouble, startedAt, endedAt } = scan;
  const ms = between(startedAt, endedAt);
  const took = ms === null ? '' : ` ${duration(ms)}`;
  switch (end) {
    case 'refused': {
      // A refusal that is not about the network may be about the call.
      const asked = call === undefined || isRefusal(scan) ? null : `to ${call}`;
      const words = [status, asked, body === null ? null : `"${body}"`].filter((word) => word !== null).join(' ');
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

/** The endpoints that a scan needs and that PMS contacted while these scans ran. */
function contactWords(scans: readonly Scan[], report: Report): string {
  if (report.traffic === null) return 'what it asked for was not watched';
  const { reached, failed } = contacted(scans, report);
  if (reached.length + failed.length === 0) return 'no endpoint that a scan needs was contacted meanwhile';
  return [
    ...(reached.length === 0 ? [] : [`meanwhile PMS reached ${listed(reached, LISTED)}`]),
    ...(failed.length === 0 ? [] : [`meanwhile PMS did not reach ${listed(failed, LISTED)}`]),
  ].join(', and ');
}

/** The same for the answer: what a finished scan could use. */
function contactInShort(scan: Scan, report: Report): string {
  if (scan.end !== 'finished' || scan.library.needs === 'nothing') return '';
  if (report.traffic === null) return '; its traffic was not watched';
  const { reached, failed } = contacted([scan], report);
  if (failed.length > 0) return `; did not reach ${listed(failed, 1)}`;
  return reached.length > 0 ? `; reached ${listed(reached, 1)}` : '; contacted nothing that a scan needs';
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
        // A bridge on this machine leads to the proxy.
        (route === 'direct' || route === 'proxy' || route === 'loopback') &&
        !(experiment !== null && isOfControl(experiment, process, host)),
    );
    return need === 'scan' && own.length > 0 ? [{ host, isReached: own.some(({ outcome }) => outcome === 'ok') }] : [];
  });
  const hostsWhere = (isReached: boolean): readonly string[] =>
    needed.flatMap((each) => (each.isReached === isReached ? [each.host] : []));
  return { reached: hostsWhere(true), failed: hostsWhere(false) };
}

// ── what it is worth ───────────────────────────────────────────────────────────────────────────────────────────────────

/** How much an experiment proves that did not show the condition; null where it did, and without an experiment. */
export function experimentWorth(report: Report): string | null {
  const { experiment, scan } = report;
  if (experiment === null || experiment.scans.length === 0 || scan.condition === 'reproduced') return null;
  return `not reproduced: ${worthOf(experiment, report)}`;
}

function worthOf(experiment: Experiment, report: Report): string {
  const needy = needyScans(experiment);
  if (needy.length === 0 && experiment.scans.every(({ end }) => end === 'finished'))
    return 'the libraries that were scanned need nothing from outside, which proves nothing about others';
  const finished = needy.filter(({ end }) => end === 'finished');
  if (finished.length === 0)
    return 'no scan of a library that needs an outside service finished, so nothing is proven either way';
  const which = `${finished.length === 1 ? 'library' : 'libraries'} ${listed([...new Set(finished.map(({ library }) => library.id))], LISTED)}`;
  if (report.traffic === null) return `${which} was scanned to the end, but PMS's traffic was not watched`;
  const { reached, failed } = contacted(finished, report);
  if (reached.length > 0 && failed.length === 0)
    return `PMS scanned ${which} to the end and reached what it asked for: ${listed(reached, LISTED)}`;
  if (reached.length + failed.length > 0)
    return `PMS scanned ${which} to the end, although it did not reach ${listed(failed, LISTED)}`;
  return `PMS scanned ${which} to the end without contacting an endpoint that a scan needs, which proves little: without new content there is nothing to ask for. Add something new to it and run this again`;
}
