import { isDns, meantNames, plainName } from './flows.ts';
import type { Flow } from '../../model/traffic.ts';

/** Public resolvers that programs carry within them, by the documentation of each service. */
const ADDRESSES: ReadonlySet<string> = new Set([
  '8.8.8.8',
  '8.8.4.4',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '1.1.1.1',
  '1.0.0.1',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  '9.9.9.9',
  '149.112.112.112',
  '2620:fe::fe',
  '2620:fe::9',
  '208.67.222.222',
  '208.67.220.220',
  '94.140.14.14',
  '94.140.15.15',
]);
const NAMES: ReadonlySet<string> = new Set([
  'dns.google',
  'cloudflare-dns.com',
  'one.one.one.one',
  'dns.quad9.net',
  'doh.opendns.com',
  'dns.adguard-dns.com',
  'dns.nextdns.io',
]);

/** RFC 7858: DNS over TLS. */
const DNS_OVER_TLS_PORT = 853;

/** Whether a program asks a name server outside by itself: in the clear, over TLS, or over HTTPS at a resolver that is known. */
export function asksOutsideResolver(flow: Flow): boolean {
  if (flow.route !== 'direct') return false;
  if (isDns(flow) || flow.port === DNS_OVER_TLS_PORT) return true;
  if (flow.port !== 443) return false;
  const isKnown = flow.address !== null && ADDRESSES.has(flow.address);
  return isKnown || meantNames(flow).some(({ name }) => NAMES.has(plainName(name)));
}
