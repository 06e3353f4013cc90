/** What became of an attempt: a closed list that scripts read. `docs/outcomes` are explained by `explain OUTCOME`. */
export const OUTCOMES = [
  'ok',
  'unresolved',
  'refused',
  'prohibited',
  'no-route',
  'no-reply',
  'proxy-unreachable',
  'proxy-silent',
  'proxy-auth',
  'denied',
  'proxy-error',
  'tls-untrusted',
  'intercepted',
  'tls-failed',
  'cut',
  'stalled',
  'captive',
  'not-run',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The stages of an attempt, in the order in which they happen; `tunnel` only on the proxy route. */
export const STAGES = ['dns', 'tcp', 'tunnel', 'tls', 'http'] as const;
export type Stage = (typeof STAGES)[number];

export const ROUTES = ['direct', 'proxy'] as const;
export type Route = (typeof ROUTES)[number];

export type Family = 4 | 6;

/** One line each, for `explain` and the documentation. */
export const OUTCOME_MEANING: Readonly<Record<Outcome, string>> = {
  ok: 'any HTTP answer came back over a verified connection',
  unresolved: 'DNS gave no address: no such name, no answer, or no reply (the code says which)',
  refused: 'the SYN was answered with a reset',
  prohibited: 'a router or the host said by ICMP that the connection is filtered',
  'no-route': 'this host has no route to the address',
  'no-reply': 'the SYN was not answered in time',
  'proxy-unreachable': 'the proxy could not be resolved or connected to',
  'proxy-silent': 'the proxy accepted the connection and then did not answer',
  'proxy-auth': 'the proxy wants authentication (407)',
  denied: 'the proxy refused this host by policy (403 to CONNECT or to the absolute form)',
  'proxy-error': 'the proxy refused in another way: its own DNS or connect failure, or a reply that is not HTTP',
  'tls-untrusted': 'the certificate chain does not end at a root that is trusted',
  intercepted: 'somebody on this route presents a certificate of their own',
  'tls-failed': 'the TLS handshake failed for another reason than trust',
  cut: 'the connection was reset or closed midway',
  stalled: 'connected, then silent',
  captive: 'answered by something that is not the endpoint',
  'not-run': 'not attempted; the code says why',
};

/**
 * How far an attempt got, as a rank: when the attempts over several address families of one route ended differently, the one
 * that got furthest speaks for the route. Higher is further. A refusal by the proxy outranks everything but success:
 * it is a decision, not an accident.
 */
const PROGRESS: readonly Outcome[] = [
  'not-run',
  'unresolved',
  'no-route',
  'no-reply',
  'prohibited',
  'refused',
  'stalled',
  'cut',
  'tls-failed',
  'tls-untrusted',
  'intercepted',
  'captive',
  'proxy-unreachable',
  'proxy-silent',
  'proxy-error',
  'proxy-auth',
  'denied',
  'ok',
];

export function progressOf(outcome: Outcome): number {
  return PROGRESS.indexOf(outcome);
}
