import { decided, DEFAULT_PORT, excluded, firstFilled, unreadable, UNSET, type Setting } from './decision.ts';
import { defineDialect, type Decision, type Target } from './dialect.ts';

const OPTIONS = 'JAVA_TOOL_OPTIONS';
const SOCKS_PORT = 1080;

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

/** Exact, or with an asterisk as first character, last character or both; case does not count. No ports, no CIDR, no leading dot. */
function matches(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  const open = { start: wanted.startsWith('*'), end: wanted.length > 1 && wanted.endsWith('*') };
  const text = wanted.slice(open.start ? 1 : 0, open.end ? -1 : undefined);
  if (open.start) return open.end ? host.includes(text) : host.endsWith(text);
  return open.end ? host.startsWith(text) : host === text;
}

/** http.nonProxyHosts is for https, too. Loopback is added to a list that is not empty. */
function nonProxyHosts(properties: ReadonlyMap<string, string>): readonly string[] {
  const own = properties.get('http.nonProxyHosts');
  const whole = own === undefined ? DEFAULT_NON_PROXY_HOSTS : own && `${own}|${DEFAULT_NON_PROXY_HOSTS}`;
  return whole.split('|').filter((pattern) => pattern !== '');
}

function decideBy(properties: ReadonlyMap<string, string>, setting: Setting, target: Target): Decision {
  // sun.net.spi.DefaultProxySelector: the scheme's own, then any scheme's, then SOCKS.
  const http = [`${target.scheme}.proxy`, 'proxy'];
  const prefix = [...http, 'socksProxy'].find((name) => properties.get(`${name}Host`));
  const proxyHost = prefix && properties.get(`${prefix}Host`);
  if (!prefix || !proxyHost) return UNSET;
  const host = (target.host.includes(':') ? `[${target.host}]` : target.host).toLowerCase();
  const entry = nonProxyHosts(properties).find((pattern) => matches(host, pattern));
  if (entry !== undefined) return excluded(setting, entry);
  const isSocks = prefix === 'socksProxy';
  // The two HTTP settings lend each other their port.
  const places = isSocks ? [prefix] : [prefix, ...http];
  const port = places.map((name) => portOf(properties.get(`${name}Port`))).find((found) => found !== 0);
  if (port !== undefined && (port < 0 || port > 65_535)) {
    return decided(setting, unreadable('IllegalArgumentException: port out of range'));
  }
  const defaultPort = isSocks ? SOCKS_PORT : DEFAULT_PORT[target.scheme];
  const scheme = isSocks ? 'socks5' : 'http';
  return decided(setting, {
    ok: true,
    address: { scheme, host: proxyHost, port: port ?? defaultPort, hasCredentials: false },
  });
}

/** Integer.decode, with 0 for what is no number or has more than 32 bits: 0x and # are hexadecimal, a leading 0 is octal, so that 08 is none. */
function portOf(text = ''): number {
  const [, sign, hex, octal, decimal] = /^([+-]?)(?:(?:0x|#)([\da-f]+)|0([0-7]+)|(0|[1-9]\d*))$/i.exec(text) ?? [];
  const value = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) : Number(decimal ?? 0);
  if (value > 0x7fff_ffff) return 0;
  return sign === '-' ? -value : value;
}

/** Java 17: reads no proxy variable at all; only the system properties that JAVA_TOOL_OPTIONS gives it. */
export const JAVA = defineDialect({
  id: 'java',
  client: 'java',
  title: 'Java',
  reads: 'java-options',
  decide(variables, target) {
    const setting = firstFilled(variables, [OPTIONS]);
    return setting ? decideBy(propertiesOf(setting.value), setting, target) : UNSET;
  },
});
