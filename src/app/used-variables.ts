import { valueOf, type Gathered, type Settings } from '../core/model/evidence.ts';
import type { SecretVariables } from '../core/values/secret-variables.ts';

/** The whole variables of the source that is judged. */
export function usedVariables({
  settings,
  live,
}: {
  readonly settings: Gathered<Settings>;
  readonly live: ReadonlyMap<string, SecretVariables>;
}): SecretVariables | null {
  const used = valueOf(settings)?.used;
  return used === undefined ? null : (live.get(used) ?? null);
}
