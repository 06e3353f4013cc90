import { networkInterfaces } from 'node:os';
import { familyOf } from '../../../core/values/address.ts';
import { scopeOf } from '../../../core/values/scope.ts';
import { PMS_ON_LOOPBACK, PMS_PORT } from '../../../core/values/pms-port.ts';

/** The PMS of this machine. */
export const LOCAL_BASE = `http://${PMS_ON_LOOPBACK}`;

/** The same over TLS, the only way in where PMS requires secure connections. */
export const LOCAL_SECURE_BASE = `https://${PMS_ON_LOOPBACK}`;

/** The address at which a PMS is asked: scheme, host and port, and nothing else. */
export interface PmsBase {
  /** `http://127.0.0.1:32400`, `https://[2001:db8::5]:32400`. */
  readonly origin: string;
  readonly isSecure: boolean;
  /** Without brackets. */
  readonly host: string;
}

export type BaseResult =
  | { readonly ok: true; readonly base: PmsBase }
  | { readonly ok: false; readonly problem: string };

/** Reads the address of a PMS. The problem never repeats the value: people paste addresses with a token in them. */
export function parseBase(text: string): BaseResult {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { ok: false, problem: `not a URL (expected http://HOST:${PMS_PORT} or https://HOST:${PMS_PORT})` };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { ok: false, problem: `unknown scheme "${url.protocol}" (expected http:// or https://)` };
  if (url.username !== '' || url.password !== '')
    return { ok: false, problem: 'it holds a user name or password, which PMS does not know (leave them out)' };
  if (url.search !== '' || url.hash !== '')
    return { ok: false, problem: 'it holds more than scheme, host and port; a token belongs into --token-file' };
  if (url.pathname !== '/') return { ok: false, problem: 'it holds a path (expected scheme, host and port only)' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { ok: true, base: { origin: url.origin, isSecure: url.protocol === 'https:', host } };
}

/** true when the host of this address is this machine: a loopback address, or one of its own. */
export function isOnThisMachine({ host }: PmsBase): boolean {
  if (host === 'localhost' || scopeOf(host) === 'loopback') return true;
  if (familyOf(host) === null) return false;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}
