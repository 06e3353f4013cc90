import type { Reason } from '../../../core/model/reason.ts';
import type { CaptureConnection } from '../../../parse/capture/index.ts';
import { captureFilter } from './capture-plan.ts';
import { startCapture, type RunningCapture } from './live-capture.ts';
import { LivePackets, type AskedQuestion, type LiveListener } from './live-packets.ts';

const SERVED_PORTS_LIMIT = 16;

/** One live capture, of the network that PMS was in at its time. */
export interface Session {
  readonly packets: LivePackets;
  readonly networkOf: number | null;
  running: RunningCapture | null;
  trouble: Reason | null;
  lost: readonly string[];
  dead: string | null;
}

export interface CapturesOptions {
  readonly forMs: number;
  /** PATH, for the tools of a capture. */
  readonly path: string | undefined;
  /** Listens to one session, which its number identifies. */
  readonly listener: (session: number) => LiveListener;
  /** Called when packets have been read. */
  readonly onPackets: () => void;
  /** Runs a callback of a stream. */
  readonly guarded: (work: () => void) => void;
}

/** The captures of one watch: of one network at a time. */
export class Captures {
  readonly #options: CapturesOptions;
  readonly #sessions: Session[] = [];
  #isOver = false;

  constructor(options: CapturesOptions) {
    this.#options = options;
  }

  get sessions(): readonly Readonly<Session>[] {
    return this.#sessions;
  }

  /** true when it captures now. `networkOf` null: our own network. */
  async begin(networkOf: number | null, servedPorts: readonly number[]): Promise<boolean> {
    const before = this.#sessions.at(-1);
    if (before?.running != null) {
      before.lost = await before.running.stop();
      before.running = null;
    }
    const packets = new LivePackets(this.#options.listener(this.#sessions.length));
    const own: Session = { packets, networkOf, running: null, trouble: null, lost: [], dead: null };
    this.#sessions.push(own);
    const { forMs, path, onPackets, guarded } = this.#options;
    const started = await startCapture({
      networkOf,
      forMs,
      filter: captureFilter(servedPorts.slice(0, SERVED_PORTS_LIMIT)),
      path,
      onBytes: (chunk) =>
        guarded(() => {
          packets.push(chunk);
          onPackets();
        }),
    });
    if (started.state !== 'ok') own.trouble = started.reason;
    // The watching may have ended while the tool was starting.
    else if (this.#isOver) own.lost = await started.value.stop();
    else own.running = started.value;
    return own.running !== null;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    for (const session of this.#sessions) {
      session.dead ??= session.running?.endedEarly() ?? null;
      session.lost = (await session.running?.stop()) ?? session.lost;
      session.running = null;
      session.packets.end();
    }
  }

  connections(): readonly CaptureConnection[] {
    return this.#sessions.flatMap(({ packets }) => [...packets.connections()]);
  }

  questions(): readonly AskedQuestion[] {
    return this.#sessions.flatMap(({ packets }) => [...packets.questions()]);
  }

  questionsFor(address: string): readonly AskedQuestion[] {
    return this.#sessions.flatMap(({ packets }) => packets.questionsFor(address));
  }

  /** Names that DNS gave the address until then, else those that it gave it later. */
  namesOf(address: string, atMs: number): readonly string[] {
    const names = (untilMs: number) => [
      ...new Set(this.#sessions.flatMap(({ packets }) => packets.namesOf(address, untilMs))),
    ];
    const before = names(atMs);
    return before.length > 0 ? before : names(Number.POSITIVE_INFINITY);
  }
}
