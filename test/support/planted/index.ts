import type { Canary } from '../canaries.ts';
import { ADDRESSES } from './addresses.ts';
import { MEDIA } from './media.ts';
import { MACHINES } from './machines.ts';
import { PEOPLE } from './people.ts';
import { SECRETS } from './secrets.ts';

/** More than a thousand private values, all different, each in a line that a machine would have it in. */
export const PLANTED: readonly Canary[] = [...PEOPLE, ...MACHINES, ...ADDRESSES, ...SECRETS, ...MEDIA];
