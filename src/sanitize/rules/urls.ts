import { hidePath } from '../values/files.ts';
import type { Hosts } from '../values/hosts.ts';
import { isCommonWord } from '../values/names.ts';
import { isDecided, type Pass } from '../values/pass.ts';

/** A document inside of an address: a PAC file, a page. */
const DATA = /\b((?:pac\+)?data:)(?=[\w/+.-]*[;,])[^\s"'<>]+(?:(?<=pac\+data:[^"'<>\r\n]*)[^"'<>\r\n]*)?/gi;
const URL =
  /((?<![a-z])(?:pac\+)?(?:https?|wss?|ftp|socks\w*):(?:\\?\/){2}(?:\*{3}@|[^\s/?#"'<>\\@]*@)?)([^\s/?#"'<>\\@,;]+)((?:\\?\/[^\s?#"'<>\\,;]*)*)(\?[^\s"'<>\\]*)?(#[^\s"'<>\\]*)?/gi;
/** Ports of PMS's own API, whose paths are its words. */
const OF_PMS = /:32400$/;

/** Documents inside of addresses are never shown. */
export function hideData(text: string, pass: Pass): string {
  return text.replace(DATA, (_, scheme: string) => pass.keep(scheme) + pass.secret('text'));
}

/** Path and query of a URL on a host that is not public may hold anything: a key, a customer, the name of a group. */
export function hideUrlTails(text: string, pass: Pass, hosts: Hosts): string {
  return text.replace(URL, (whole, prefix: string, authority: string, path: string, query = '', fragment = '') => {
    const host = pass.restore(authority.replace(/:\d*$/, ''));
    if (hosts.isReadable(host) || OF_PMS.test(authority)) return whole;
    const shownPath = isCommonWord(host) && path === '' ? '' : hidePath(path, pass.pseudonym);
    const tail =
      (query.length > 1 && !isDecided(query.slice(1))) || fragment.length > 1
        ? `?${pass.secret('query')}`
        : query + fragment;
    return prefix + authority + shownPath + tail;
  });
}
