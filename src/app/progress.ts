import { endpointOf, surestName } from '../core/judge/traffic/flows.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { flowSchema, type Flow } from '../core/model/traffic.ts';
import { printable } from '../core/values/printable.ts';
import { connectionWords, targetOf, whoOf } from '../core/words/flows.ts';
import { file } from '../core/model/privacy.ts';
import type { Terminal } from './terminal.ts';

/** Redraws no more often than this: a hundred attempts may end in one millisecond. */
const REDRAW_MS = 100;

export interface Probing {
  update(done: number, total: number): void;
  end(): void;
}

/** Progress of probing: a count on a terminal, one line in all elsewhere. */
export function startProbing({ status }: Terminal, what: string): Probing {
  if (!status.isShown) {
    status.tell(`${what} …`);
    return { update: () => undefined, end: () => undefined };
  }
  const isDue = everySoOften();
  return {
    update(done, total) {
      if (isDue() || done === total) status.show(`${what}: ${done} of ${total} attempts`);
    },
    end: () => status.show(null),
  };
}

export interface Reading {
  readonly update: (bytesRead: number, totalBytes: number | null, path: string) => void;
  end(): void;
}

const FILE_NAME = file();

const MEGABYTE = 1_000_000;

/** Progress of reading files, on a terminal only: small files are read at once. */
export function startReading({ status, net }: Terminal): Reading {
  const isDue = everySoOften();
  return {
    update(bytesRead, totalBytes, path) {
      if (!status.isShown || !isDue()) return;
      const total = totalBytes === null ? '' : ` of ${Math.ceil(totalBytes / MEGABYTE)}`;
      status.show(`${printable(net.value(FILE_NAME, path))}: ${Math.floor(bytesRead / MEGABYTE)}${total} MB`);
    },
    end: () => status.show(null),
  };
}

function everySoOften(): () => boolean {
  let lastAt = -Infinity;
  return () => {
    const now = performance.now();
    const isDue = now - lastAt >= REDRAW_MS;
    if (isDue) lastAt = now;
    return isDue;
  };
}

const SECOND_MS = 1_000;

const BY_ROUTE: Readonly<Record<Flow['route'], string>> = {
  direct: 'directly',
  proxy: 'through the proxy',
  lan: 'on the own network',
  loopback: 'on this machine',
};

/** One line for a flow that has just been seen. */
export function tellFlow(flow: Flow, endpoints: readonly Endpoint[]): string {
  const endpoint = endpointOf(flow, endpoints);
  const host = surestName(flow.names)?.name ?? null;
  const target = targetOf({ flow, endpoint, host });
  return printable(`  ${whoOf(flow)} → ${target} ${BY_ROUTE[flow.route]}: ${connectionWords(flow.outcome)}`);
}

export interface Watching {
  /** Notes a flow on a line of its own. */
  seen(flow: Flow, endpoints: readonly Endpoint[]): void;
  end(): void;
}

/** Progress of watching: each new flow as it comes and, on a terminal, the time that is left. */
export function startWatching({ status, net }: Terminal, forMs: number): Watching {
  status.tell(`watching PMS for ${forMs / SECOND_MS} s; Ctrl-C ends it earlier, with a report …`);
  const endsAt = performance.now() + forMs;
  const countDown = (): void => {
    const leftSeconds = Math.max(0, Math.ceil((endsAt - performance.now()) / SECOND_MS));
    status.show(`${leftSeconds} s left`);
  };
  const timer = status.isShown ? setInterval(countDown, SECOND_MS) : null;
  timer?.unref();
  return {
    seen: (flow, endpoints) => status.tell(tellFlow(net.value(flowSchema, flow), endpoints)),
    end() {
      if (timer !== null) clearInterval(timer);
      status.show(null);
    },
  };
}
