import type { Endpoint } from '../../core/endpoint.ts';
import { coversName } from '../../core/flows.ts';
import type { DnsQuestionSeen, Flow } from '../../core/traffic.ts';

/** Flows that a report can hold; the ones that matter most are kept. A host that runs PMS and other programs has some hundreds. */
export const FLOWS_KEPT = 2_000;
/** Of those in a capture that are known to be with other hosts; each that is kept is sanitized, judged and reported like those of PMS. */
export const OTHERS_KEPT = 500;
/** Of those in a capture that have no name: some could be with a proxy that did not answer, but of a port scan no more is told. */
export const NAMELESS_KEPT = 16_384;
export const QUESTIONS_KEPT = 2_000;

/** Domains of Plex itself: a name in them concerns PMS, whether or not the catalogue has it. */
const PLEX_DOMAINS = ['plex.tv', 'plexapp.com', 'plex.direct', 'plex.services', 'plex.bz'];

/** Tells which names concern PMS. Each name is looked up once: logs repeat them. */
export class Relevance {
  readonly #endpoints: readonly Endpoint[];
  readonly #known = new Map<string, 'plex' | 'endpoint' | 'other'>();

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** A host of Plex itself, or one that the user added: who contacts it runs PMS or one of its players. */
  isPlex(name: string): boolean {
    return this.#kindOf(name) === 'plex';
  }

  /** One of those, or a host of others that PMS needs and many contact. */
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
): { readonly flows: readonly Flow[]; readonly omitted: number } {
  if (flows.length <= FLOWS_KEPT) return { flows, omitted: 0 };
  const ranked = flows.map((flow) => ({ flow, concerns: flow.names.some(({ name }) => relevance.concernsPms(name)) }));
  ranked.sort((a, b) => Number(b.concerns) - Number(a.concerns) || b.flow.count - a.flow.count);
  const best = new Set(ranked.slice(0, FLOWS_KEPT).map(({ flow }) => flow));
  return { flows: flows.filter((flow) => best.has(flow)), omitted: flows.length - best.size };
}

/** Of too many questions those for hosts that concern PMS, then the first ones. */
export function mostRelevantQuestions(
  questions: readonly DnsQuestionSeen[],
  relevance: Relevance,
): readonly DnsQuestionSeen[] {
  if (questions.length <= QUESTIONS_KEPT) return questions;
  const concerning = questions.filter(({ name }) => relevance.concernsPms(name));
  const others = questions.filter(({ name }) => !relevance.concernsPms(name));
  return [...concerning, ...others].slice(0, QUESTIONS_KEPT);
}
