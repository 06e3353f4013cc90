import * as z from 'zod/mini';
import { PMS_PORT } from '../../core/values/pms-port.ts';
import { readOrderOf } from '../system/order.ts';

/** The task of one process of the stand-in; travels as one JSON argument. */
const orderSchema = z.discriminatedUnion('role', [
  /** The process called Plex Media Server. */
  z.object({ role: z.literal('pms'), directory: z.string(), port: z.int() }),
  /** Its client where there is no curl: what to ask for comes on standard input. */
  z.object({ role: z.literal('pms-client') }),
  /** Starts one with its own environment, and keeps it until a signal ends either. */
  z.object({
    role: z.literal('pms-starter'),
    directory: z.string(),
    port: z.prefault(z.int(), PMS_PORT),
    config: z.unknown(),
  }),
]);
export type PmsOrder = z.infer<typeof orderSchema>;

export function readPmsOrder(argument: string | undefined): PmsOrder | null {
  return readOrderOf(orderSchema, argument);
}

/** The single line that the process called Plex Media Server writes to its standard output when it has started. */
const readySchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready'), port: z.int() }),
  z.object({ state: z.literal('failed'), detail: z.string() }),
]);
export type Ready = z.infer<typeof readySchema>;

export function readReady(line: string): Ready {
  return readySchema.parse(JSON.parse(line));
}
