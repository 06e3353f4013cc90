import { isDuring, isOfControl, type Experiment, type Scan } from '../model/experiment.ts';
import type { Earlier } from '../model/since.ts';
import type { Statement } from '../model/statement.ts';
import type { SeenFlow } from '../judge/observed.ts';
import { sayFrom } from './message.ts';

const MESSAGES = {
  'library-since': 'library {library} ({type}): before: {before}; now: {now}[, {way}]',
  'library-new': 'library {library} ({type}): not scanned before; now: {now}[, {way}]',
  'library-missing': 'library {library} ({type}): before: {before}; not scanned now',
} as const;

const say = sayFrom(MESSAGES);

interface Now {
  readonly experiment: Experiment | null;
  /** null: not watched. */
  readonly flows: readonly SeenFlow[] | null;
}

/** How the scan of each library ended before and now, and by which way its endpoints were reached. */
export function describeSince({ scans }: Earlier, now: Now): readonly Statement[] {
  const { experiment } = now;
  const is = experiment?.scans ?? [];
  const ids = [...new Set([...scans, ...is].map(({ library: { id } }) => id))];
  return ids.flatMap((id) => {
    const [was, will] = [scans, is].map((list) => list.findLast(({ library: own }) => own.id === id));
    const { library } = was ?? will ?? {};
    if (library === undefined || library.needs === 'nothing') return [];
    const args = { library: id, type: library.type === 'artist' ? 'music' : library.type };
    if (will === undefined) return was === undefined ? [] : [say('library-missing', { ...args, before: endOf(was) })];
    const told = { ...args, now: endOf(will), way: wayOf(will, now) };
    return [was === undefined ? say('library-new', told) : say('library-since', { ...told, before: endOf(was) })];
  });
}

function endOf({ end, status }: Scan): string {
  if (end === 'refused') return status === null ? 'refused' : String(status);
  return end === 'finished' ? 'scanned' : end;
}

/** null: it did not end well, or nothing that it needs was seen to be reached. */
function wayOf(scan: Scan, { experiment, flows }: Now): string | null {
  if (scan.end !== 'finished') return null;
  if (flows === null) return 'its way was not watched';
  const reached = flows.filter(
    ({ flow, endpoint }) =>
      endpoint?.need === 'scan' &&
      flow.outcome === 'ok' &&
      isDuring(flow, scan) &&
      !(experiment !== null && isOfControl(experiment, flow.process, endpoint.host)),
  );
  const ways = [...new Set(reached.map(({ flow }) => flow.route))];
  // Behind a bridge of this machine, the proxy is asked by the bridge.
  if (ways.includes('loopback')) return 'by the proxy, through a bridge on this machine';
  if (ways.includes('proxy')) return ways.includes('direct') ? 'by the proxy and directly' : 'by the proxy';
  return ways.includes('direct') ? 'directly' : 'asking for nothing that a scan needs';
}
