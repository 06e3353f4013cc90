import * as z from 'zod/mini';

/** The task of one process of the demo; travels as one JSON argument of the hidden command. */
const orderSchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('pms-side'),
    /** The built command line, an absolute path. */
    entry: z.string(),
    /** Further arguments for every command that runs in it. */
    toolArguments: z.array(z.string()),
  }),
  z.object({ role: z.literal('outside') }),
]);
export type Order = z.infer<typeof orderSchema>;

/** Name of the hidden command that runs an order. */
export const INSIDE_COMMAND = 'demo-inside';

export function readOrder(argument: string | undefined): Order | null {
  return readOrderOf(orderSchema, argument);
}

/** null: the argument is no such order. */
export function readOrderOf<Read>(schema: z.ZodMiniType<Read>, argument: string | undefined): Read | null {
  try {
    const parsed = schema.safeParse(JSON.parse(argument ?? ''));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The messages of the outside to the PMS side, one JSON line each on its standard output. */
const reportSchema = z.discriminatedUnion('state', [
  /** It runs in a network namespace of its own and waits for the link. */
  z.object({ state: z.literal('separate') }),
  z.object({ state: z.literal('serving') }),
  z.object({ state: z.literal('failed'), step: z.string(), detail: z.string() }),
  z.object({
    state: z.literal('finished'),
    /** Requests to the proxy. */
    requests: z.int(),
    /** Hosts that the proxy served and refused. */
    served: z.array(z.string()),
    denied: z.array(z.string()),
    /** Packets that went around the proxy and vanished; null when the kernel's counter could not be read. */
    vanished: z.nullable(z.int()),
  }),
]);
export type OutsideReport = z.infer<typeof reportSchema>;
export type Finished = Extract<OutsideReport, { state: 'finished' }>;

export function readOutsideReport(line: string): OutsideReport {
  return reportSchema.parse(JSON.parse(line));
}
