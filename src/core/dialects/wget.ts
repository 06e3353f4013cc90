import { parseIPv6 } from '../values/address.ts';
import { hasControl, isAscii, lowerAscii } from './ascii.ts';
import {
  decided,
  DEFAULT_PORT,
  excluded,
  firstFilled,
  unreadable,
  UNSET,
  withPlaceholderCredentials,
  type Reading,
} from './decision.ts';
import { defineDialect } from './dialect.ts';

/** rewrite_shorthand_url in src/url.c: a digit-only part behind the first colon makes it http, any other colon makes it ftp. */
function written(value: string): string {
  if (/^(?:https?|ftps?):\/\//i.test(value) || /^[:/]/.test(value) || /^[^:/]*:\/\//.test(value)) return value;
  const ftp = /^[^:/]*:/.test(value) && !/^[^:/]*:\d+(?:\/|$)/.test(value);
  return ftp ? `ftp://${value}` : `http://${value}`;
}

/** url_parse in src/url.c, then the two conditions of retrieve_url in src/retr.c. */
function readProxy(masked: string, targetScheme: 'http' | 'https'): Reading {
  const url = written(withPlaceholderCredentials(masked));
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || !/^(?:https?|ftps?)$/.test(scheme)) return unreadable('Error parsing proxy URL');
  const rest = url.slice(scheme.length + '://'.length);
  const credentials = /^[^@/?#]*@/.exec(rest)?.[0] ?? '';
  if (/^[:@]/.test(credentials)) return unreadable('Error parsing proxy URL: Invalid user name');
  const parts = /^(\[[^\]]*\]|[^:/?#]*)(?::(\d*)(?=[/?#]|$))?(?=[/?#]|$)/.exec(rest.slice(credentials.length));
  const host = parts?.[1]?.replace(/^\[|\]$/g, '') ?? '';
  const port = Number(parts?.[2] ?? '');
  if (!parts || host === '' || port > 65_535) return unreadable('Error parsing proxy URL');
  if (parts[1]?.startsWith('[') && parseIPv6(host) === null) return unreadable('Error parsing proxy URL');
  if (hasControl(host) || !isAscii(host)) return unreadable('Error parsing proxy URL: Invalid host name');
  if (scheme !== 'http' && scheme !== targetScheme) return unreadable('Error in proxy URL: Must be HTTP');
  // Even a proxy that is written with https:// is spoken to in the clear.
  const address = { scheme: scheme === 'https' ? 'http' : scheme, host, hasCredentials: credentials !== '' };
  return {
    ok: true,
    address: { ...address, port: parts[2] ? port : DEFAULT_PORT[targetScheme === scheme ? scheme : 'http'] },
  };
}

/** sepstring in src/utils.c: white space is dropped behind a comma only. */
function entriesOf(list: string): string[] {
  return list.replace(/,[\t-\r ]+/g, ',').split(',');
}

/** sufmatch in src/host.c. An entry with a leading dot leaves the domain itself out. */
function matches(host: string, entry: string): boolean {
  const suffix = lowerAscii(entry);
  if (!lowerAscii(host).endsWith(suffix)) return false;
  const before = host.at(-suffix.length - 1);
  return host.length === suffix.length || before === '.' || suffix.startsWith('.');
}

/** GNU Wget 1.21: lower-case variables only, no all_proxy, no asterisk, no ports, no CIDR. */
export const WGET = defineDialect({
  id: 'wget',
  client: 'wget',
  title: 'GNU Wget',
  reads: 'proxy-variables',
  decide(variables, target) {
    const setting = firstFilled(variables, [`${target.scheme}_proxy`]);
    if (!setting) return UNSET;
    const list = firstFilled(variables, ['no_proxy']);
    const entry = list && entriesOf(list.value).find((candidate) => matches(target.host, candidate));
    return list && entry !== undefined && entry !== null
      ? excluded(list, entry)
      : decided(setting, readProxy(setting.value, target.scheme));
  },
});
