import * as z from 'zod/mini';

/** An immutable object schema; unknown keys are dropped, so that newer documents stay readable. */
export function obj<T extends z.core.$ZodShape>(shape: T) {
  return z.readonly(z.object(shape));
}

export function list<T extends z.core.SomeType>(item: T) {
  return z.readonly(z.array(item));
}
