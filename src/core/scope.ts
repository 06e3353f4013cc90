import * as z from 'zod/mini';

/** What an address is, so that judgements stand when the address itself has been replaced by a pseudonym. */
export const addressScopeSchema = z.enum(['public', 'private', 'loopback', 'link-local', 'unspecified', 'reserved']);
export type AddressScope = z.infer<typeof addressScopeSchema>;
