/** Environment variables as a process has them: names exactly as set, values whole. */
export type Variables = Readonly<Record<string, string>>;

export interface Target {
  readonly scheme: 'http' | 'https';
  /** Name or address as it stands in the URL, without the brackets of an IPv6 literal. */
  readonly host: string;
  readonly port: number;
}

/** Which way one client would go for one target, and because of what. */
export interface Decision {
  readonly route: 'proxy' | 'direct';
  /** The proxy as this client understands the value, default port filled in, user information masked; null when direct. */
  readonly proxy: string | null;
  /** The variable that decided (`https_proxy`, `NO_PROXY`); null when none is set or the client reads none. */
  readonly variable: string | null;
  /** The entry of no_proxy that excluded the target; null when none did. */
  readonly excludedBy: string | null;
  /** The client would refuse to run or to send the request instead of going either way: its error, or null. */
  readonly error: string | null;
}

export const DIALECT_IDS = [
  'curl',
  'curl-7.85',
  'curl-7.86',
  'curl-7.87',
  'curl-8.9',
  'curl-8.18',
  'python-urllib',
  'python-requests',
  'go',
  'node-fetch',
  'node-http',
  'wget',
  'java',
] as const;
export type DialectId = (typeof DIALECT_IDS)[number];

/** One client family's reading of the variables. Pure: the same variables and target always give the same decision. */
export interface Dialect {
  readonly id: DialectId;
  /** 'curl 7.87 to 8.8', 'Python urllib', … */
  readonly title: string;
  decide(variables: Variables, target: Target): Decision;
}
