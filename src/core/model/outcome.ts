/** Groups of outcomes, for the rules that treat several alike. */
export type OutcomeKind =
  /** The endpoint answered. */
  | 'answer'
  /** The proxy answered that it does not let this request through. */
  | 'proxy-refusal'
  /** The proxy answered that it could not serve this request. */
  | 'proxy-failure'
  /** The proxy answered, and its answer does not tell whether it serves this endpoint. */
  | 'no-verdict'
  /** The proxy gave no answer at all. */
  | 'proxy-silence'
  /** Something other than the endpoint answered. */
  | 'impostor'
  /** A certificate that is not trusted, without proof of interception. */
  | 'distrust'
  /** The connection came about and then broke or fell silent. */
  | 'breakage'
  /** No connection came about. */
  | 'block'
  /** There was no address to connect to. */
  | 'no-address'
  /** Nothing was attempted. */
  | 'not-run';

export interface OutcomeFacts {
  /** Its one name for people, in tables and in sentences; ids are for scripts. */
  readonly words: string;
  /** One line, for `explain` and the documentation. */
  readonly meaning: string;
  /** The advice for users. */
  readonly advice: string;
  readonly kind: OutcomeKind;
  /** Its meaning for direct egress when the direct route ends this way: a host outside answered, none did, or unclear. */
  readonly egress: 'open' | 'shut' | 'unclear';
}

const ALLOW_OR_PROXY =
  'If the proxy route works and PMS uses it, this is as intended in an isolated network. Otherwise open the packet filter for the endpoint, or configure the proxy.';

/**
 * Everything that depends on the outcome alone: a new outcome is one entry here. The order is the rank. Where attempts over several
 * addresses of one route ended differently, the outcome that stands first speaks for the route, because its attempt got furthest.
 * The proxy's answers outrank everything but success: they are decisions, not accidents.
 */
const TABLE = {
  ok: {
    words: 'ok',
    meaning: 'an HTTP answer came back over a verified connection',
    advice: 'Nothing.',
    kind: 'answer',
    egress: 'open',
  },
  denied: {
    words: 'denied',
    meaning: 'the proxy refused this host by policy (403 or 451 to CONNECT, 403 to the absolute form, a redirect)',
    advice: 'Allow the endpoint on the proxy if PMS needs it: the report says what each endpoint is for.',
    kind: 'proxy-refusal',
    egress: 'unclear',
  },
  'proxy-auth': {
    words: 'login required',
    meaning: 'the proxy wants authentication (407), or a login at a portal (511)',
    advice: 'Let the PMS host through without authentication, or put user and password into the variable.',
    kind: 'proxy-refusal',
    egress: 'unclear',
  },
  'proxy-error': {
    words: 'proxy error',
    meaning: 'the proxy refused in another way: its own DNS or connect failure, or a reply that is not HTTP',
    advice: "Resolve and reach the endpoint from the proxy's machine; the code repeats the proxy's reason.",
    kind: 'proxy-failure',
    egress: 'unclear',
  },
  'rate-limited': {
    words: 'rate limited',
    meaning: 'the proxy had too many requests (429, or 503 with Retry-After), and again when it was asked slowly',
    advice:
      'Raise the limit that the proxy sets for this host, or run this again later: it does not show what is allowed.',
    kind: 'no-verdict',
    egress: 'unclear',
  },
  'unclear-answer': {
    words: 'unclear answer',
    meaning: "an answer came through the proxy, and nothing tells whether it is the endpoint's or the proxy's own",
    advice: 'Look at the log of the proxy: it says whether the request was forwarded.',
    kind: 'no-verdict',
    egress: 'unclear',
  },
  'proxy-silent': {
    words: 'proxy silent',
    meaning: 'the proxy accepted the connection and then did not answer',
    advice: 'Look at the log and the load of the proxy, and check that a proxy listens on this port.',
    kind: 'proxy-silence',
    egress: 'unclear',
  },
  'proxy-unreachable': {
    words: 'proxy unreachable',
    meaning: 'the proxy could not be resolved or connected to',
    advice: 'Check host and port of the proxy in the variables, and that it runs and accepts this host.',
    kind: 'proxy-silence',
    egress: 'unclear',
  },
  captive: {
    words: 'wrong server',
    meaning: 'another server answered instead of the endpoint, such as a captive portal or a block page',
    advice: 'Sign in at the portal, or exempt this host from it.',
    kind: 'impostor',
    egress: 'open',
  },
  intercepted: {
    words: 'intercepted',
    meaning: 'a device on this route decrypts TLS and presents a certificate of its own',
    advice: 'Exclude the endpoint from TLS inspection: PMS does not trust the certificates of an inspecting proxy.',
    kind: 'impostor',
    egress: 'open',
  },
  'tls-untrusted': {
    words: 'TLS untrusted',
    meaning: 'the certificate chain does not end at a root that is trusted',
    advice: 'Look at the issuer: an expired or private certificate of the endpoint, or a root that is missing here.',
    kind: 'distrust',
    egress: 'open',
  },
  'tls-failed': {
    words: 'TLS failed',
    meaning: 'the TLS handshake failed for another reason than trust',
    advice: 'Look at the code: a filter that cuts the handshake, or a server that speaks another protocol.',
    kind: 'breakage',
    egress: 'open',
  },
  cut: {
    words: 'cut off',
    meaning: 'the connection was reset or closed midway',
    advice: 'Look for a filter that judges by name (SNI) and resets the connection.',
    kind: 'breakage',
    egress: 'shut',
  },
  stalled: {
    words: 'stalled',
    meaning: 'connected, then silent',
    advice: 'Look for a filter that drops packets after the connection, and for a path that loses large packets (MTU).',
    kind: 'breakage',
    egress: 'shut',
  },
  refused: {
    words: 'refused',
    meaning: 'the SYN was answered with a reset',
    advice: ALLOW_OR_PROXY,
    kind: 'block',
    egress: 'shut',
  },
  prohibited: {
    words: 'prohibited',
    meaning: 'a router or the host reported by ICMP that the connection is filtered',
    advice: ALLOW_OR_PROXY,
    kind: 'block',
    egress: 'shut',
  },
  'no-reply': {
    words: 'no reply',
    meaning: 'the SYN was not answered in time',
    advice: ALLOW_OR_PROXY,
    kind: 'block',
    egress: 'shut',
  },
  'no-route': {
    words: 'no route',
    meaning: 'this host has no route to the address',
    advice: ALLOW_OR_PROXY,
    kind: 'block',
    egress: 'shut',
  },
  unresolved: {
    words: 'unresolved',
    meaning: 'DNS gave no address: no such name, no answer, or no reply (the code says which)',
    advice:
      'If PMS uses the proxy, no change is needed: the proxy resolves names. Otherwise look at /etc/resolv.conf and at the name server that it names.',
    kind: 'no-address',
    egress: 'shut',
  },
  'not-run': {
    words: 'not tried',
    meaning: 'not attempted; the code says why',
    advice: 'Look at the code: it says what was missing.',
    kind: 'not-run',
    egress: 'unclear',
  },
} as const satisfies Readonly<Record<string, OutcomeFacts>>;

/** The outcome of an attempt: a closed list that scripts read; `explain OUTCOME` explains each. */
export type Outcome = keyof typeof TABLE;

export const OUTCOME: Readonly<Record<Outcome, OutcomeFacts>> = TABLE;

/** The furthest first. */
export const OUTCOMES: readonly Outcome[] = Object.keys(TABLE).filter((name): name is Outcome => name in TABLE);

/** How far an attempt got: higher is further. */
export function progressOf(outcome: Outcome): number {
  return OUTCOMES.length - OUTCOMES.indexOf(outcome);
}

/** Whether an outcome is of one of these kinds; one that is not known is of none. */
export function isOfKind(outcome: Outcome | null | undefined, ...kinds: readonly OutcomeKind[]): boolean {
  return outcome !== null && outcome !== undefined && kinds.includes(OUTCOME[outcome].kind);
}

/** Whether something was attempted and is known to have failed. */
export function isFailure(outcome: Outcome | null): boolean {
  return outcome !== null && !isOfKind(outcome, 'answer', 'not-run');
}

/** The stages of an attempt, in the order in which they happen; `tunnel` only on the proxy route. */
export const STAGES = ['dns', 'tcp', 'tunnel', 'tls', 'http'] as const;
export type Stage = (typeof STAGES)[number];

export const ROUTES = ['direct', 'proxy'] as const;
export type Route = (typeof ROUTES)[number];

export type Family = 4 | 6;
