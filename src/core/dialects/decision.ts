import { familyOf } from '../values/address.ts';
import type { Decision, Target } from './dialect.ts';
import type { Variables } from '../values/variables.ts';

/** A proxy's address as one client understands it. */
export interface ProxyAddress {
  readonly scheme: string;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly hasCredentials: boolean;
}

/** A client's reading of one value: the address, or why it refuses the value. */
export type Reading =
  | { readonly ok: true; readonly address: ProxyAddress }
  | { readonly ok: false; readonly error: string };

export interface Setting {
  readonly name: string;
  readonly value: string;
}

export const UNSET: Decision = { route: 'direct', proxy: null, variable: null, excludedBy: null, error: null };

function through(setting: Setting, address: ProxyAddress): Decision {
  return { ...UNSET, route: 'proxy', proxy: addressText(address), variable: setting.name };
}

export function excluded(setting: Setting, entry: string): Decision {
  return { ...UNSET, variable: setting.name, excludedBy: entry };
}

/** The client sends nothing at all. The route says direct because the proxy is not asked; `error` says the rest. */
export function refused(setting: Setting, error: string): Decision {
  return { ...UNSET, variable: setting.name, error };
}

export function decided(setting: Setting, reading: Reading): Decision {
  if (!reading.ok) return refused(setting, reading.error);
  return isHostName(reading.address.host)
    ? through(setting, reading.address)
    : refused(setting, 'the proxy’s host is neither a name nor an address');
}

/** SOCKS 4 and 5 carry addresses, so that their clients look names up themselves; 4a, 5h and HTTP proxies are given the names. */
export function looksUpNames({ proxy }: Pick<Decision, 'proxy'>): boolean {
  return /^socks[45]?:/.test(proxy ?? '');
}

/** Names that a resolver accepts (res_hnok in glibc): no empty labels, but the root; letters outside ASCII are converted first. */
function isHostName(host: string): boolean {
  if (host === '') return false;
  if (familyOf(host.replace(/%.*$/, '')) === 6) return true;
  return /^(?:[\w\p{L}\p{N}][\w\p{L}\p{N}-]*(?:\.[\w\p{L}\p{N}-]+)*)?\.?$/u.test(host);
}

export function unreadable(error: string): Reading {
  return { ok: false, error };
}

function addressText({ scheme, host, port, hasCredentials }: ProxyAddress): string {
  return `${scheme}://${hasCredentials ? '***@' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The first of these variables that is set and not empty. */
export function firstFilled(variables: Variables, names: readonly string[]): Setting | null {
  for (const name of names) {
    const value = valueOf(variables, name);
    if (value) return { name, value };
  }
  return null;
}

/** The first of these variables that is set, be it to the empty string. */
export function firstSet(variables: Variables, names: readonly string[]): Setting | null {
  for (const name of names) {
    const value = valueOf(variables, name);
    if (value !== undefined) return { name, value };
  }
  return null;
}

function valueOf(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/**
 * Values often arrive with their user information masked (`http://***@proxy:3128`). Clients treat some spellings of
 * credentials differently from a bare `***`, so the usual spelling takes the mask's place while the value is read.
 */
export function withPlaceholderCredentials(value: string): string {
  return value.replace(/^(\s*(?:[a-z][a-z0-9+.-]*:\/\/)?)\*\*\*@/i, '$1user:password@');
}

export const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** The target as a URL, without the port when it is the scheme's own: what a program would normally ask for. */
export function urlOf({ scheme, host, port }: Target): string {
  return `${scheme}://${authorityOf({ scheme, host, port })}/`;
}

/** `host`, `host:8443`, `[::1]:32400`: the port only when it is not the scheme's own. */
export function authorityOf({ scheme, host, port }: Target): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return port === DEFAULT_PORT[scheme] ? bracketed : `${bracketed}:${port}`;
}
