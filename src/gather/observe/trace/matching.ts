import type { Place, Transport } from '../../../parse/trace/events.ts';
import type { Attempt } from './attempt.ts';
import type { Traced } from './tracer.ts';

/** A connection of the packets, or a question to DNS, that is to be matched with an attempt. */
export interface Ends {
  readonly transport: Transport;
  readonly client: Place;
  readonly server: Place;
  /** Epoch milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Difference between the kernel's time of a packet and that of the event before it. */
const CLOCKS_MS = 50;
/** The first packets may have been lost, or the capture may have begun later than the tracing. */
const LATE_MS = 60_000;

/** Finds the attempt of each connection of the packets. An attempt has one connection, but packets may show it in pieces. */
export class AttemptMatching {
  readonly traced: Traced;
  readonly #byPort = new Map<string, Attempt[]>();
  /** Over IPv6 the port of an attempt is known only with its end. */
  readonly #withoutPort: Attempt[] = [];
  readonly #matched = new Set<Attempt>();

  constructor(traced: Traced) {
    this.traced = traced;
    for (const attempt of traced.attempts) this.#add(attempt);
  }

  attemptOf(ends: Ends): Attempt | null {
    const found = this.#byItsPort(ends) ?? this.#confirmed(ends) ?? this.#byItsTime(ends);
    if (found !== null) this.#matched.add(found);
    return found;
  }

  /** Attempts without any packet. */
  unmatched(): readonly Attempt[] {
    return this.traced.attempts.filter((attempt) => !this.#matched.has(attempt));
  }

  #add(attempt: Attempt): void {
    if (attempt.local === null) {
      if (attempt.settledMs === null) this.#withoutPort.push(attempt);
      return;
    }
    const key = `${attempt.transport} ${attempt.local.port}`;
    const same = this.#byPort.get(key);
    if (same === undefined) this.#byPort.set(key, [attempt]);
    else same.push(attempt);
  }

  #byItsPort(ends: Ends): Attempt | null {
    const during = (this.#byPort.get(`${ends.transport} ${ends.client.port}`) ?? []).filter((one) =>
      this.#isDuring(one, ends),
    );
    const exact = during.findLast(({ remote }) => isSame(remote, ends.server));
    if (exact !== undefined || ends.transport === 'udp') return exact ?? null;
    // A rule of this host (DNAT, redirect) sent it to another place than the program asked for.
    return during.findLast(({ atMs }) => Math.abs(this.traced.wallMs(atMs) - ends.firstMs) < CLOCKS_MS) ?? null;
  }

  #isDuring({ transport, atMs, lastMs }: Attempt, { firstMs, lastMs: seenLastMs }: Ends): boolean {
    const from = this.traced.wallMs(atMs) - CLOCKS_MS;
    if (transport === 'tcp') return from <= firstMs && firstMs - from < LATE_MS;
    const graceMs = this.traced.isSendingTold ? CLOCKS_MS : LATE_MS;
    return from <= seenLastMs && firstMs <= this.traced.wallMs(lastMs) + graceMs;
  }

  #confirmed({ transport, client, server }: Ends): Attempt | null {
    if (transport === 'tcp') return null;
    const attempt = this.traced.confirm(client.port, server);
    if (attempt !== null) this.#add(attempt);
    return attempt;
  }

  #byItsTime({ transport, server, firstMs }: Ends): Attempt | null {
    if (transport === 'udp') return null;
    const isNear = (one: Attempt): boolean =>
      isSame(one.remote, server) && Math.abs(this.traced.wallMs(one.atMs) - firstMs) < CLOCKS_MS;
    return this.#withoutPort.find((one) => !this.#matched.has(one) && isNear(one)) ?? null;
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.address === other.address && one.port === other.port;
}
