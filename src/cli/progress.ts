import type { Endpoint } from '../core/endpoint.ts';
import { endpointOf, surestName } from '../core/flows.ts';
import { printable } from '../core/printable.ts';
import { becameOf, targetOf, whoOf } from '../core/tell-flow.ts';
import type { Flow } from '../core/traffic.ts';
import { note } from './terminal.ts';

/** Redraws no more often than this: a hundred attempts may end in one millisecond. */
const REDRAW_MS = 100;

export interface Progress {
  update(done: number, total: number): void;
  /** Clears the line. */
  end(): void;
}

/** Progress on standard error: one line that is redrawn on a terminal, one line in all elsewhere. */
export function startProgress(stream: NodeJS.WriteStream, what: string): Progress {
  if (!stream.isTTY) {
    note(`${what} …`);
    return { update: () => undefined, end: () => undefined };
  }
  let drawnAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS && done < total) return;
      drawnAt = now;
      stream.write(`\r\u001B[K${what}: ${done} of ${total} attempts`);
    },
    end: () => void stream.write('\r\u001B[K'),
  };
}

export interface Watching {
  /** Tells of a flow on a line of its own. */
  seen(flow: Flow, endpoints: readonly Endpoint[]): void;
  end(): void;
}

export interface Reading {
  readonly update: (bytesRead: number, totalBytes: number | null, path: string) => void;
  end(): void;
}

const MEGABYTE = 1_000_000;

/** Progress of reading files, on a terminal only: small files are read before anybody could look. */
export function startReading(stream: NodeJS.WriteStream): Reading {
  let drawnAt = 0;
  return {
    update(bytesRead, totalBytes, path) {
      const now = performance.now();
      if (!stream.isTTY || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      const total = totalBytes === null ? '' : ` of ${Math.ceil(totalBytes / MEGABYTE)}`;
      stream.write(`\r\u001B[K${printable(path)}: ${Math.floor(bytesRead / MEGABYTE)}${total} MB`);
    },
    end: () => {
      if (stream.isTTY) stream.write('\r\u001B[K');
    },
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
  return printable(`  ${whoOf(flow)} → ${target} ${BY_ROUTE[flow.route]}: ${becameOf(flow.outcome)}`);
}

/** Progress of watching: each new flow as it comes and, on a terminal, how long it still takes. */
export function startWatching(stream: NodeJS.WriteStream, forMs: number): Watching {
  note(`watching PMS for ${forMs / SECOND_MS} s; Ctrl-C ends it earlier, with a report …`);
  const endsAt = performance.now() + forMs;
  const clear = stream.isTTY ? '\r\u001B[K' : '';
  const countDown = (): void => {
    const leftSeconds = Math.max(0, Math.ceil((endsAt - performance.now()) / SECOND_MS));
    stream.write(`${clear}${leftSeconds} s left`);
  };
  const timer = stream.isTTY ? setInterval(countDown, SECOND_MS) : null;
  timer?.unref();
  return {
    seen(flow, endpoints) {
      note(clear + tellFlow(flow, endpoints));
    },
    end() {
      if (timer === null) return;
      clearInterval(timer);
      stream.write(clear);
    },
  };
}
