import * as z from 'zod/mini';
import { reasonSchema } from './reason.ts';
import { obj } from './schema.ts';

/** A place of which connections are made: rules of a firewall and files may be others in another network or for another user. */
export const placeSchema = obj({
  /** Inode of the network namespace; null: not known, or this system has none. */
  network: z.nullable(z.int()),
  /** Effective user id; null: not known, or this system has none. */
  uid: z.nullable(z.int()),
  /** Tells the control groups of a report apart, where rules hold for control groups; null or absent: no such rules are known. */
  group: z.optional(z.nullable(z.int())),
});
export type Place = z.infer<typeof placeSchema>;

/** The place of the probes of a run, and the server that they are to speak for. */
export const vantageSchema = obj({
  probes: placeSchema,
  /** The judged server's own place; null: none runs. */
  pms: z.nullable(obj({ pid: z.int(), place: placeSchema })),
  /** Why the probes were not made in PMS's place; null: they were, or there is none. */
  missed: z.nullable(reasonSchema),
});
export type Vantage = z.infer<typeof vantageSchema>;

/** In which way two places differ; `unknown`: it could not be seen whether they do. */
export type Difference = 'network' | 'user' | 'group' | 'unknown';

/** null: the same place, as far as this system has places. */
export function differenceOf(one: Place, other: Place): Difference | null {
  const [network, user] = [compare(one.network, other.network), compare(one.uid, other.uid)];
  const group = compare(one.group ?? null, other.group ?? null);
  if (network === 'other') return 'network';
  if (user === 'other') return 'user';
  if (group !== 'same') return 'group';
  return network === 'unknown' || user === 'unknown' ? 'unknown' : null;
}

function compare(one: number | null, other: number | null): 'same' | 'other' | 'unknown' {
  if (one === other) return 'same';
  return one === null || other === null ? 'unknown' : 'other';
}
