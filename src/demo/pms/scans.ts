import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { element, type Element } from './answer.ts';
import type { Cloud } from './cloud.ts';
import { librariesOf, type Library, type PmsStandInConfig } from './config.ts';
import type { PmsLog } from './log.ts';

/** PMS's answer to a refresh: an activity, or a refusal with the sentence that PMS's own documentation gives for it. */
export type Refreshed =
  | { readonly kind: 'taken'; readonly activity: string | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly status: number; readonly sentence: string | null };

/** The only words that Plex has published for a refusal of this kind. */
const NOT_SIGNED_IN = 'Server cannot refresh a music library when not signed in';
/** How long a process works before it dies during a scan. */
const DYING_MS = 200;
const PROGRESS_STEPS = 4;

interface Scan {
  readonly uuid: string;
  readonly library: Library;
  readonly thread: string;
  readonly cancelled: AbortController;
  progress: number;
}

export interface ScansOptions {
  readonly config: () => PmsStandInConfig;
  readonly cloud: Cloud;
  readonly log: PmsLog;
  /** Runs Plex Media Scanner: did it get its answers? */
  readonly match: (signal: AbortSignal) => Promise<boolean>;
  /** Ends the process at once. */
  readonly die: () => void;
}

/** The scans of a stand-in. No file of a library is read. */
export class Scans {
  readonly #options: ScansOptions;
  readonly #running = new Map<string, Scan>();
  /** Libraries whose new content has been matched. */
  readonly #matched = new Set<string>();

  constructor(options: ScansOptions) {
    this.#options = options;
  }

  /** Makes content that was new at the start new again. */
  forgetMatches(): void {
    this.#matched.clear();
  }

  /** Asks for a scan of every library, and tells the first refusal. */
  async refreshAll(): Promise<Refreshed> {
    const libraries = librariesOf(this.#options.config());
    const answers = await Promise.all(libraries.map(({ id }) => this.refresh(id, null)));
    return answers.find(({ kind }) => kind === 'refused') ?? { kind: 'taken', activity: null };
  }

  async refresh(id: string, path: string | null): Promise<Refreshed> {
    const library = librariesOf(this.#options.config()).find((each) => each.id === id);
    if (!library) return { kind: 'unknown' };
    const running = this.#running.get(id);
    if (running) return { kind: 'taken', activity: running.uuid };
    if (path !== null && !isInside(path, library)) {
      this.#options.log.write('WARN', `'${path}' was not inside any known section location, skipping.`);
      return { kind: 'taken', activity: null };
    }
    const refusal = this.#refusedAtOnce(library);
    return refusal ?? this.#start(library);
  }

  cancel(id: string): void {
    this.#running.get(id)?.cancelled.abort();
  }

  /** Ends the activity of this name; false when there is none. */
  cancelActivity(uuid: string): boolean {
    const scan = [...this.#running.values()].find((each) => each.uuid === uuid);
    scan?.cancelled.abort();
    return scan !== undefined;
  }

  isScanning(id: string): boolean {
    return this.#running.has(id);
  }

  activities(): readonly Element[] {
    return [...this.#running.values()].map(({ uuid, library, progress }) =>
      element(
        'Activity',
        {
          uuid,
          type: 'library.update.section',
          cancellable: true,
          userID: 1,
          title: 'Scanning the library',
          subtitle: `Library ${library.id}`,
          progress,
        },
        [{ ...element('Context', { accessible: true, librarySectionID: library.id }), single: true }],
      ),
    );
  }

  stop(): void {
    for (const { cancelled } of this.#running.values()) cancelled.abort();
  }

  #refusedAtOnce(library: Library): Refreshed | null {
    const { refuse, refusal } = this.#options.config();
    if (refusal !== null) return { kind: 'refused', ...refusal };
    if (!isModernMusic(library)) return null;
    const { signedIn, providerOnline } = this.#options.cloud;
    if (refuse.includes('not-signed-in') && !signedIn) return { kind: 'refused', status: 503, sentence: NOT_SIGNED_IN };
    if (refuse.includes('provider-offline') && !providerOnline) return { kind: 'refused', status: 503, sentence: null };
    return null;
  }

  async #start(library: Library): Promise<Refreshed> {
    const { config, log, die } = this.#options;
    const scan: Scan = {
      uuid: randomUUID(),
      library,
      thread: log.thread(),
      cancelled: new AbortController(),
      progress: 0,
    };
    this.#running.set(library.id, scan);
    log.write(
      'DEBUG',
      `Activity: registered new activity ${scan.uuid} - "Scanning Library ${library.id}"`,
      scan.thread,
    );
    log.write('DEBUG', `Scanning section ${library.id}`, scan.thread);
    if (config().misbehaviour === 'dies-during-scan') setTimeout(die, DYING_MS);
    const matched = this.#matchNewContent(scan);
    // The client waits for the scanner only where the scanner's failure refuses the scan.
    if (isModernMusic(library) && config().refuse.includes('matcher')) {
      const failed = !(await matched) && !scan.cancelled.signal.aborted;
      if (failed) {
        this.#end(scan);
        return { kind: 'refused', status: 503, sentence: null };
      }
    }
    void this.#finish(scan, matched);
    return { kind: 'taken', activity: scan.uuid };
  }

  /** Resolves to false when there was something to match and no matcher was reachable. */
  async #matchNewContent({ library, cancelled }: Scan): Promise<boolean> {
    if (library.newContent === false || this.#matched.has(library.id)) return true;
    const matched = await this.#askFor(library, cancelled.signal);
    if (matched && !cancelled.signal.aborted && library.newContent !== 'always') this.#matched.add(library.id);
    return matched;
  }

  /** The scanner matches new music, PMS itself films and shows. Libraries without an agent need no match. */
  #askFor({ agent, type }: Library, signal: AbortSignal): Promise<boolean> {
    if (isModernMusic({ agent, type })) return this.#options.match(signal);
    const asksProvider = agent === 'tv.plex.agents.movie' || agent === 'tv.plex.agents.series';
    return asksProvider ? this.#options.cloud.reachesProvider() : Promise.resolve(true);
  }

  async #finish(scan: Scan, matched: Promise<boolean>): Promise<void> {
    const stepMs = (this.#options.config().scanSeconds * 1_000) / PROGRESS_STEPS;
    try {
      await matched;
      for (let step = 1; step <= PROGRESS_STEPS; step += 1) {
        await wait(stepMs, undefined, { signal: scan.cancelled.signal });
        scan.progress = (100 * step) / PROGRESS_STEPS;
      }
    } catch (error) {
      if (!scan.cancelled.signal.aborted) throw error;
    } finally {
      this.#end(scan);
    }
  }

  #end({ uuid, library, thread, progress }: Scan): void {
    const { log } = this.#options;
    this.#running.delete(library.id);
    if (progress === 100) log.write('DEBUG', `Activity: updated activity ${uuid} - completed 100.0%`, thread);
    log.write('DEBUG', `Activity: Ended activity ${uuid}.`, thread);
  }
}

function isModernMusic({ type, agent }: Pick<Library, 'type' | 'agent'>): boolean {
  return type === 'artist' && agent === 'tv.plex.agents.music';
}

function isInside(path: string, { locations }: Library): boolean {
  return locations.some((location) => path === location || path.startsWith(`${location}/`));
}
