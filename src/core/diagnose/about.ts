import type { Family, Route } from '../model/outcome.ts';

/** The attempts that a statement is about. Without it, evidence about one attempt would count for another. */
export interface About {
  /**
   * Names of programs; `any`: every process of PMS. Empty: what no process did, as settings. `own-probe`: this tool asked by itself, and a
   * proxy or a filter can treat PMS otherwise, by its user, its headers or its way to speak TLS.
   */
  readonly processes: 'any' | 'own-probe' | readonly string[];
  readonly routes: 'any' | readonly Route[];
  readonly families: 'any' | readonly Family[];
  readonly hosts: 'any' | readonly string[];
  /** `pms`: the network and the user of PMS. */
  readonly place: 'pms' | 'elsewhere';
  /** ISO 8601; `any`: it does not change with time. */
  readonly period: 'any' | { readonly from: string; readonly to: string };
}

/** For PMS's own answers, and for a watcher that misses nothing. */
export const ABOUT_ALL: About = {
  processes: 'any',
  routes: 'any',
  families: 'any',
  hosts: 'any',
  place: 'pms',
  period: 'any',
};

/** This tool's own attempts are about no process of PMS. */
export const ABOUT_OWN_PROBES: About = { ...ABOUT_ALL, processes: 'own-probe' };

/** Settings, and PMS's own word, are the same whoever asks, but do not show what a process made of them. */
export const ABOUT_SETTINGS: About = { ...ABOUT_ALL, processes: [] };

/** An attempt of PMS that failed, as far as it is known; null: not known. */
export interface FailedAttempt {
  readonly process: string | null;
  readonly route: Route | null;
  readonly family: Family | null;
  readonly host: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** Whether a statement speaks of this attempt: what is not known of the attempt is only covered by `any`. */
export function covers(about: About, { process, route, family, host, from, to }: FailedAttempt): boolean {
  return (
    about.place === 'pms' &&
    about.processes !== 'own-probe' &&
    includes(about.processes, process) &&
    includes(about.routes, route) &&
    includes(about.families, family) &&
    includes(about.hosts, host) &&
    spans(about.period, from, to)
  );
}

/** From the first to the last of these times; one that is not known makes a period that spans nothing. */
export function spanOf(times: readonly (string | null)[]): About['period'] {
  const known = times.flatMap((time) => time ?? []).toSorted();
  const [from, to] = [known[0], known.at(-1)];
  return from === undefined || to === undefined || known.length < times.length ? NO_TIME : { from, to };
}

/** Its end is before its begin. */
const NO_TIME: About['period'] = { from: '9999', to: '0000' };

function includes<T>(wanted: 'any' | readonly T[], value: T | null): boolean {
  return wanted === 'any' || (value !== null && wanted.includes(value));
}

/** Texts of ISO 8601 in UTC sort as the times do; a time that is not known lies in no period. */
function spans(period: About['period'], from: string | null, to: string | null): boolean {
  return period === 'any' || (from !== null && to !== null && period.from <= from && to <= period.to);
}
