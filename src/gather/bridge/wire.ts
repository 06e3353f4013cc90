import * as z from 'zod/mini';
import { tunnelSchema } from '../../core/model/bridge.ts';

/** The task of a bridge, as one line on its standard input: no other process can read it there, as it could an argument. */
const orderSchema = z.object({
  hosts: z.array(z.object({ host: z.string(), address: z.string() })),
  port: z.int(),
  /** With its credentials. */
  proxy: z.string(),
  /** Time limit of one connection to the proxy and its answer. */
  timeoutMs: z.number(),
  extraRootsPem: z.nullable(z.string()),
  /** The user that it becomes once it listens; null: it stays what it is. */
  user: z.nullable(z.object({ uid: z.int(), gid: z.int(), groups: z.array(z.int()) })),
  /** The file system that says how the name of the proxy is resolved; null: its own. */
  root: z.nullable(z.string()),
});
export type BridgeOrder = z.infer<typeof orderSchema>;

/** A line on the standard output of a bridge. */
const lineSchema = z.discriminatedUnion('kind', [
  /** It cannot listen, or not become the user. */
  z.object({ kind: z.literal('failed'), step: z.enum(['listen', 'user']), code: z.string(), address: z.string() }),
  /** It listens; the answers of the proxy for each name are known. */
  z.object({ kind: z.literal('ready'), asked: z.array(tunnelSchema) }),
  z.object({ kind: z.literal('tunnel'), tunnel: tunnelSchema }),
]);
export type BridgeLine = z.infer<typeof lineSchema>;

/** The further line on its standard input; the end of the input means the same. */
export const STOP = 'stop';

export function readBridgeOrder(line: string): BridgeOrder {
  return orderSchema.parse(JSON.parse(line));
}

export function readBridgeLine(line: string): BridgeLine {
  return lineSchema.parse(JSON.parse(line));
}
