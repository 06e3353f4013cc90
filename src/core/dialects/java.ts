import { decided, excluded, firstFilled, unreadable, UNSET, type Setting } from './decision.ts';
import type { Decision, Dialect, Target } from './dialect.ts';

const OPTIONS = 'JAVA_TOOL_OPTIONS';

/** DefaultProxySelector.NonProxyInfo.defStringVal. The empty string takes the exemption away. */
const DEFAULT_NON_PROXY_HOSTS = 'localhost|127.*|[::1]|0.0.0.0|[::0]';

/** System properties of JAVA_TOOL_OPTIONS: words separated by white space, quotes of both kinds keep it (hotspot arguments.cpp). */
function propertiesOf(options: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [word] of options.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    const plain = word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2');
    const parts = /^-D([^=]+)=?([^]*)$/.exec(plain);
    if (parts?.[1]) found.set(parts[1], parts[2] ?? '');
  }
  return found;
}

/** Exact, or with an asterisk as first or last character only; case does not count. No ports, no CIDR, no leading dot. */
function matches(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === '*') return true;
  if (wanted.startsWith('*')) return host.endsWith(wanted.slice(1));
  if (wanted.endsWith('*')) return host.startsWith(wanted.slice(0, -1));
  return host === wanted;
}

function decideBy(properties: ReadonlyMap<string, string>, setting: Setting, target: Target): Decision {
  // sun.net.spi.DefaultProxySelector: the scheme's own, then any scheme's, then SOCKS.
  const prefix = [`${target.scheme}.proxy`, 'proxy', 'socksProxy'].find((name) => properties.get(`${name}Host`));
  const proxyHost = prefix && properties.get(`${prefix}Host`);
  if (!prefix || !proxyHost) return UNSET;
  const host = (target.host.includes(':') ? `[${target.host}]` : target.host).toLowerCase();
  // https has no list of its own: http.nonProxyHosts is for both.
  const list = properties.get('http.nonProxyHosts') ?? DEFAULT_NON_PROXY_HOSTS;
  const entry = list.split('|').find((pattern) => pattern !== '' && matches(host, pattern));
  if (entry !== undefined) return excluded(setting, entry);
  const isSocks = prefix === 'socksProxy';
  const defaultPort = target.scheme === 'https' ? 443 : 80;
  const port = Number(properties.get(`${prefix}Port`) ?? 0) || (isSocks ? 1080 : defaultPort);
  if (port > 65_535) return decided(setting, unreadable('IllegalArgumentException: port out of range'));
  const scheme = isSocks ? 'socks5' : 'http';
  return decided(setting, { ok: true, address: { scheme, host: proxyHost, port, hasCredentials: false } });
}

/** Java 17: reads no proxy variable at all; only the system properties that JAVA_TOOL_OPTIONS gives it. */
export const JAVA: Dialect = {
  id: 'java',
  title: 'Java',
  decide(variables, target) {
    const setting = firstFilled(variables, [OPTIONS]);
    return setting ? decideBy(propertiesOf(setting.value), setting, target) : UNSET;
  },
};
