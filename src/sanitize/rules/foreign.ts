import type { Pass } from '../values/pass.ts';
import { hideUnknown } from '../values/vocabulary.ts';

/** Headers in which proxies, gateways and servers sign with names of their own. */
const HEADER =
  /((?<![\w-])(?:via|x-bluecoat-via|x-forwarded-(?:server|host)|proxy-status|proxy-agent|x-squid-error|x-cache(?:-lookup)?|(?:proxy|www)-authenticate|cache-status|x-served-by|x-proxy-[\w-]+)["']?\s*:\s*|(?<=^|\n)server:\s*)([^\r\n]*)/gi;
/** An engine quotes the script that failed. */
const SCRIPT_ERROR = /\b((?:Reference|Type|Syntax|Range|URI|Eval|Internal|Aggregate)Error: )([^\r\n]*)/g;
/** The answers of a PAC file, with names that need no dot. */
const PAC_ANSWER = /\b((?:PROXY|SOCKS[45]?|HTTPS?) +)([\p{L}\p{N}_-]+)(?=:\d)/gu;
/** Java's options in a variable: `-Dhttp.proxyHost=gate`. */
const JAVA_HOST = /(-D(?:https?|ftp|socks)\.?proxyhost=)([^\s"',;:|]+)/gi;
const JAVA_HOSTS = /(-D(?:https?|ftp|socks)\.nonproxyhosts=)([^\s"',;]+)/gi;
const JAVA_USER = /(-D[\w.]*proxyuser=)([^\s"',;]+)/gi;
/** A list of hosts behind the name of its variable. */
const NO_PROXY =
  /(\bno_?proxy\\?["']?\s*(?:=\s*\\?["']?|:\s*\\?["']))([^"'\r\n<>(){}\\]+)|((?<=^|\n)\s*(?:- )?no_proxy: +)(\S+)(?=\s*$|\s*\n)/gi;
/** Names of Java's own properties look like hosts. */
const JAVA_PROPERTY =
  /(?<=-D)(?:java|javax|https?|ftp|socks|sun|jdk|com\.sun|user|file|os|line|networkaddress)(?:\.\w+)+(?==)|(?<=-D)socksProxy\w+(?==)/gi;

/** A list as no_proxy has it: names, with or without dots, patterns and ports between commas, semicolons, bars or blanks. */
function hideList(list: string, hide: (name: string) => string): string {
  return list.replace(/[\p{L}\p{N}_][\p{L}\p{N}_.-]*/gu, (name) => (/^[\d.]+$/.test(name) ? name : hide(name)));
}

/** Words that another program puts together: only those stay that such programs say everywhere. */
export function hideForeignWords(text: string, pass: Pass): string {
  return text
    .replace(HEADER, (_, name: string, value: string) => name + hideUnknown(value, pass))
    .replace(SCRIPT_ERROR, (_, name: string, message: string) => name + hideUnknown(message, pass));
}

const SYNTAX = /PROXY |SOCKS|HTTPS? |-D|no_?proxy/i;

/** Names of hosts in the syntax of PAC files and of Java, which need no dot. */
export function hideHostsInSyntax(text: string, pass: Pass, hide: (name: string) => string): string {
  if (!SYNTAX.test(text)) return text;
  return text
    .replace(PAC_ANSWER, (_, word: string, name: string) => word + hide(name))
    .replace(JAVA_HOST, (_, name: string, host: string) => name + hide(host))
    .replace(JAVA_HOSTS, (_, name: string, hosts: string) => name + hideList(hosts, hide))
    .replace(
      NO_PROXY,
      (_, name?: string, list?: string, key?: string, value?: string) =>
        (name ?? key ?? '') + hideList(list ?? value ?? '', hide),
    )
    .replace(JAVA_USER, (_, name: string, user: string) => name + pass.user(user))
    .replace(JAVA_PROPERTY, (name) => pass.keep(name));
}
