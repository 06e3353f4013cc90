import type { Place, TraceEvent, Transport } from '../../../src/parse/trace/events.ts';

/** Events of the kernel's trace in short, without their times: those follow from their order. */
export type Untimed = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'atMs'> : never) : never;

/** `192.0.2.1:443`, `[2001:db8::1]:443` */
export function place(text: string): Place {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

export const connecting = (task: number, socket: number, remote: string): Untimed => ({
  kind: 'connecting',
  task,
  socket,
  family: remote.startsWith('[') ? 6 : 4,
  remote: place(remote),
});

/** Ends come in the context of any task. */
const ANY_TASK = 1;

const settled = (socket: number, isConnected: boolean, local: string, remote: string): Untimed => ({
  kind: 'settled',
  task: ANY_TASK,
  socket,
  isConnected,
  local: place(local),
  remote: place(remote),
});

export const connected = (socket: number, local: string, remote: string): Untimed =>
  settled(socket, true, local, remote);
export const givenUp = (socket: number, local: string, remote: string): Untimed =>
  settled(socket, false, local, remote);

export const failed = (transport: Transport, local: string, remote: string, error: number): Untimed => ({
  kind: 'error',
  task: ANY_TASK,
  transport,
  local: place(local),
  remote: place(remote),
  error,
});

export const again = (socket: number): Untimed => ({ kind: 'retransmit', task: ANY_TASK, socket });

export const lookup = (
  task: number,
  transport: Transport,
  local: string,
  remote: string,
  { error = 0, table = 254 }: { readonly error?: number; readonly table?: number } = {},
): Untimed => ({ kind: 'lookup', task, transport, table, local: place(local), remote: place(remote), error });

export const sent = (task: number, socket: number, error = 0): Untimed => ({ kind: 'sent', task, socket, error });
export const born = (task: number, child: number, isThread = false): Untimed => ({
  kind: 'born',
  task,
  child,
  isThread,
  comm: 'x',
});
export const thread = (task: number, child: number): Untimed => born(task, child, true);
export const exec = (task: number, program: string): Untimed => ({ kind: 'exec', task, program });
export const exit = (task: number, isLast: boolean | null = true): Untimed => ({ kind: 'exit', task, isLast });

/** Events a tenth of a millisecond apart; a number is a pause of so many milliseconds. */
export function timed(events: readonly (Untimed | number)[], fromMs = 1_000): readonly TraceEvent[] {
  let atMs = fromMs;
  return events.flatMap((event) => {
    atMs += typeof event === 'number' ? event : 0.1;
    return typeof event === 'number' ? [] : [{ ...event, atMs }];
  });
}
