import type { Endpoint } from '../../core/model/endpoint.ts';
import { coversName } from '../../core/judge/traffic/flows.ts';
import type { DnsQuestionSeen, Flow } from '../../core/model/traffic.ts';

/** Flows that a report can hold; the ones that matter most are kept. A host that runs PMS and other programs has some hundreds. */
export const FLOWS_KEPT = 2_000;
/** The same for flows of PMS itself while it is watched, where each process has flows of its own: enough for thousands of children. */
export const LIVE_FLOWS_KEPT = 10_000;
/** Flows of a capture with other known hosts; each one kept is sanitized, judged and reported like those of PMS. */
export const OTHERS_KEPT = 500;
/** Flows of a capture without a name: some may go to a proxy that did not answer, but a port scan needs no more than these. */
export const NAMELESS_KEPT = 16_384;
const QUESTIONS_KEPT = 2_000;

/** Domains of Plex itself: a name in them concerns PMS, whether or not the catalogue has it. */
const PLEX_DOMAINS = ['plex.tv', 'plexapp.com', 'plex.direct', 'plex.services', 'plex.bz'];

/** Tells which names concern PMS. Each name is looked up once: logs repeat them. */
export class Relevance {
  readonly #endpoints: readonly Endpoint[];
  readonly #known = new Map<string, 'plex' | 'endpoint' | 'other'>();

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** A host of Plex itself, or one that the user added: its clients run PMS or one of its players. */
  isPlex(name: string): boolean {
    return this.#kindOf(name) === 'plex';
  }

  /** A host of the kind above, or a host of others that PMS needs and many programs contact. */
  concernsPms(name: string): boolean {
    return this.#kindOf(name) !== 'other';
  }

  #kindOf(name: string): 'plex' | 'endpoint' | 'other' {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const plain = name.toLowerCase().replace(/\.$/, '');
    const endpoint = this.#endpoints.find((each) => coversName(each, plain));
    const isPlex = PLEX_DOMAINS.some((domain) => plain === domain || plain.endsWith(`.${domain}`));
    const kind = isPlex || endpoint?.custom === true ? 'plex' : endpoint === undefined ? 'other' : 'endpoint';
    this.#known.set(name, kind);
    return kind;
  }
}

/** The flows that matter most, in their order, and how many are left out. */
export function mostRelevant(
  flows: readonly Flow[],
  relevance: Relevance,
  limit = FLOWS_KEPT,
): { readonly flows: readonly Flow[]; readonly omitted: number } {
  if (flows.length <= limit) return { flows, omitted: 0 };
  const ranked = flows.map((flow) => ({ flow, concerns: flow.names.some(({ name }) => relevance.concernsPms(name)) }));
  ranked.sort((a, b) => Number(b.concerns) - Number(a.concerns) || b.flow.count - a.flow.count);
  const best = new Set(ranked.slice(0, limit).map(({ flow }) => flow));
  return { flows: flows.filter((flow) => best.has(flow)), omitted: flows.length - best.size };
}

/** Of too many questions, keeps those for hosts that concern PMS, then the first ones. */
export function mostRelevantQuestions(
  questions: readonly DnsQuestionSeen[],
  relevance: Relevance,
): readonly DnsQuestionSeen[] {
  if (questions.length <= QUESTIONS_KEPT) return questions;
  const concerning = questions.filter(({ name }) => relevance.concernsPms(name));
  const others = questions.filter(({ name }) => !relevance.concernsPms(name));
  return [...concerning, ...others].slice(0, QUESTIONS_KEPT);
}
