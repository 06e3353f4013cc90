import * as z from 'zod/mini';
import { host, shaped, time } from '../../core/model/privacy.ts';
import { list, obj } from '../../core/model/schema.ts';

/** An address with all names that were seen on it. */
export const sharedAddressSchema = obj({
  address: host(),
  family: z.union([z.literal(4), z.literal(6)]),
  /** By its owner's DNS; null: not asked. */
  reverse: z.nullable(list(host())),
  /** Of the files of --ranges, the narrowest range that holds it, by the user's name for its owner; null: none does. */
  range: z.nullable(obj({ of: shaped(/^[\w.-]{1,40}$/), prefix: host() })),
  /** Names of the list. */
  allowed: list(host()),
  /** Names that are not in the list: of the catalogue, and of logs and captures. */
  others: list(obj({ host: host(), isKnown: z.boolean() })),
  /** Name servers that gave it, `system` for those of this machine; `log` and `capture` for files. */
  sources: list(host()),
  lastAt: z.nullable(time()),
});
export type SharedAddress = z.infer<typeof sharedAddressSchema>;

export const collateralSchema = obj({
  schemaVersion: z.literal(1),
  /** Addresses of allowed names: those that serve other names as well come first. */
  addresses: list(sharedAddressSchema),
  /** Allowed names without an address, and why. */
  unresolved: list(obj({ host: host(), why: shaped(/^[\w ,]+$/) })),
  /** Questions were sent to name servers. */
  isLive: z.boolean(),
  names: z.int(),
});
export type Collateral = z.infer<typeof collateralSchema>;
