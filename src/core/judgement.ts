import type { Cause } from './report.ts';

/** What a rule says about its cause; `hosts` are the endpoints that the remedy names. */
export interface Judgement {
  readonly state: Cause['state'];
  readonly because: readonly string[];
  readonly hosts?: readonly string[];
}

/** The surest first. */
export const STATES: readonly Cause['state'][] = ['confirmed', 'likely', 'possible', 'ruled-out', 'unknown'];

/**
 * Joins what follows from settings and probes with what was seen. What was seen outweighs what would happen; where the two contradict
 * each other, both are told, and a cause that only one of them holds for sure is possible.
 */
export function joinJudgements(computed: Judgement, seen: Judgement | null): Judgement {
  if (seen === null) return computed;
  if (seen.state === 'unknown') return { ...computed, because: [...computed.because, ...seen.because] };
  if (computed.state === 'unknown') return seen;
  // What was seen for sure needs no support from what might be.
  const isSurer = STATES.indexOf(seen.state) < STATES.indexOf(computed.state);
  if (isSurer && seen.state !== 'ruled-out' && computed.state !== 'ruled-out') return seen;
  const because = [...seen.because, ...computed.because];
  const hosts = [...new Set([...(seen.hosts ?? []), ...(computed.hosts ?? [])])];
  if (seen.state === 'ruled-out') {
    const isCertain = computed.state === 'confirmed' || computed.state === 'likely';
    return { state: isCertain ? 'possible' : 'ruled-out', because, hosts };
  }
  if (seen.state === 'likely' && computed.state === 'ruled-out') return { state: 'possible', because, hosts };
  return { state: isSurer ? seen.state : computed.state, because, hosts };
}
