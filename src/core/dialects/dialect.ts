import type { Variables } from '../values/variables.ts';

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

/** The way in one word. A client that refuses the settings sends nothing, and so is not direct. */
export function wayOf({ route, error }: Decision): 'proxy' | 'direct' | 'refused' {
  return error === null ? route : 'refused';
}

/** One client's reading of the variables. Pure: the same variables and target always give the same decision. */
export interface Dialect<Id extends string = string> {
  readonly id: Id;
  /** The program that reads so. Its eras share it, and the newest one has it as its id. */
  readonly client: string;
  /** 'curl 7.87 to 8.8', 'Python urllib', … */
  readonly title: string;
  /** Java reads no proxy variable, only the system properties that another variable gives it. */
  readonly reads: 'proxy-variables' | 'java-options';
  /** The requests that it sends through an HTTP proxy by CONNECT; the others carry the whole URL. Absent: https only. */
  readonly tunnels?: 'everything';
  decide(variables: Variables, target: Target): Decision;
}

/** Keeps the id as a literal, so that the list of dialects knows all ids. */
export function defineDialect<const Id extends string>(dialect: Dialect<Id>): Dialect<Id> {
  return dialect;
}
