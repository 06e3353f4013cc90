import type { Bridge, Stop } from '../../core/model/bridge.ts';
import { answerOf } from '../../core/words/proof.ts';

/** A proof that is being drawn up. */
export type Drafted = { -readonly [Key in keyof Bridge]: Bridge[Key] };

export function stop(bridge: Drafted, why: Stop, args: Record<string, string | number> = {}): void {
  bridge.stopped = { why, args };
}

/** Stops where the proxy refuses a name: a bridge would not change that. */
export function stopRefused(bridge: Drafted): boolean {
  const refused = bridge.asked.find(({ outcome }) => outcome !== 'ok');
  if (refused === undefined) return false;
  stop(bridge, 'proxy-refuses', { host: refused.host, answer: answerOf(refused) });
  return true;
}
