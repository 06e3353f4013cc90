import type { Clock, Stamp } from './clock.ts';
import type { PmsLogScan, PmsLogState } from './types.ts';

/** A server that changes its state or scans once a minute needs months for this. */
export const EVENTS_LIMIT = 20_000;
/** Scanning activities that are under way. */
const ACTIVITIES_LIMIT = 256;

type State = Omit<PmsLogState, 'at'>;
type Scan = Omit<PmsLogScan, 'at'>;

/** The states that PMS notes, without repeats. */
export class StateList {
  notKept = 0;
  readonly #states: (State & { readonly stamp: Stamp })[] = [];
  readonly #current = new Map<string, string>();

  /** `subject` tells apart what has a state of its own: each provider, each agent. */
  note(kind: PmsLogState['kind'], value: string, subject: string, stamp: Stamp): void {
    const key = `${kind} ${subject}`;
    if (this.#current.get(key) === value) return;
    if (this.#states.length >= EVENTS_LIMIT) {
      this.notKept += 1;
      return;
    }
    this.#current.set(key, value);
    this.#states.push({ kind, value, stamp });
  }

  restarted(): void {
    this.#current.clear();
  }

  list(clock: Clock): PmsLogState[] {
    return this.#states.map(({ stamp, ...state }) => ({ at: clock.timeOf(stamp), ...state }));
  }
}

/** The events of scans in the order of the log. */
export class ScanList {
  notKept = 0;
  readonly #scans: { scan: Scan; readonly stamp: Stamp }[] = [];
  /** Index of the activity that each thread began last, while its section is not known. */
  readonly #unnamed = new Map<number, number>();
  /** Index of each activity that is under way. */
  readonly #activities = new Map<string, number>();

  /** PMS's answer to a refresh. */
  answered(section: string | null, status: number, client: 'loopback' | 'other', stamp: Stamp): void {
    this.#add({ ...NOTHING, kind: status < 300 ? 'started' : 'refused', section, status, client }, stamp);
  }

  activity(id: string, thread: number, stamp: Stamp): void {
    if (!this.#add({ ...NOTHING, kind: 'activity' }, stamp)) return;
    bound(this.#activities);
    bound(this.#unnamed);
    this.#activities.set(id, this.#scans.length - 1);
    this.#unnamed.set(thread, this.#scans.length - 1);
  }

  /** `Scanning section 4` follows the activity in the same thread, or stands alone in older logs. */
  section(section: string, thread: number, stamp: Stamp): void {
    const index = this.#unnamed.get(thread);
    const known = index === undefined ? undefined : this.#scans[index];
    this.#unnamed.delete(thread);
    if (known) known.scan = { ...known.scan, section };
    else this.#add({ ...NOTHING, kind: 'activity', section }, stamp);
  }

  activityEnded(id: string, stamp: Stamp): void {
    const index = this.#activities.get(id);
    if (index === undefined) return;
    this.#activities.delete(id);
    this.#add({ ...NOTHING, kind: 'finished', section: this.#scans[index]?.scan.section ?? null }, stamp);
  }

  child(command: string, section: string | null, stamp: Stamp): void {
    this.#add({ ...NOTHING, kind: 'child', command, section }, stamp);
  }

  childEnded(command: string, exitCode: number, stamp: Stamp): void {
    this.#add({ ...NOTHING, kind: 'finished', command, status: exitCode }, stamp);
  }

  skippedPath(stamp: Stamp): void {
    if (this.#scans.at(-1)?.scan.kind !== 'skipped-path') this.#add({ ...NOTHING, kind: 'skipped-path' }, stamp);
  }

  list(clock: Clock): PmsLogScan[] {
    return this.#scans.map(({ scan, stamp }) => ({ at: clock.timeOf(stamp), ...scan }));
  }

  #add(scan: Scan, stamp: Stamp): boolean {
    if (this.#scans.length >= EVENTS_LIMIT) {
      this.notKept += 1;
      return false;
    }
    this.#scans.push({ scan, stamp });
    return true;
  }
}

function bound<K>(map: Map<K, number>): void {
  if (map.size < ACTIVITIES_LIMIT) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

const NOTHING = { section: null, status: null, command: null, client: null } as const;
