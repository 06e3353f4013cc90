import { normalName, type Hosts } from '../values/hosts.ts';
import type { Pass } from '../values/pass.ts';
import { isUnit } from '../values/programs.ts';
import { isMasked } from './secrets.ts';

const USER =
  /((?<![a-z])(?:[a-z]*online|myplex|(?:\w+\.)?(?:\w*proxy))?(?:user(?:name|id)?|login|friendlyname)\\?["']?\s*(?:=|["']\s*:)\s*\\?["']?)([^\s"'&;,<>)}\]]+)/gi;
/** Sentences of PMS about who asks. */
const SIGNED_IN = /((?:[Ss]igned-in [Tt]oken|Token) \()([^)]+)(?=\))/g;
const USER_IS = /(\buser is )(.+?)(?= \(ID: \d+\))/gi;
const AS_USER = /(\b(?:authenticated|for|as) user (?:named )?)["']?([^\s"'(),;{}[\]]+)/gi;
/** Texts without these name no user. */
const NAMED_USER = /\buser |(?:user(?:name|id)?|login|friendlyname)\\?["']?\s*[="']/i;
const MAIL = /(?<![\p{L}\p{N}_.+'-])([\p{L}\p{N}_.+'-]+)@((?:[\p{L}\p{N}_-]+\.)*[\p{L}\p{N}_-]*\p{L}[\p{L}\p{N}_-]*)/gu;
const HOME_UNIX =
  /((?:(?<!\/hubs)\/|^)(?:homes?|Users)\/)([^/\\\s"'<>:,;|](?:[^/\\"'<>:,;|\r\n]{0,38}[^/\\\s"'<>:,;|])?(?=\/)|[^/\\\s"'<>:,;|]+)/gm;
const HOME_WINDOWS = /([a-z]:(?:\\{1,2}|\/)users(?:\\{1,2}|\/))([^\\/:*?"<>|\r\n]{1,40}(?=\\)|[^\\/:*?"<>|\s,;]+)/gi;

/** Users by the name of the field that stands before them. */
export function hideUsers(text: string, pass: Pass): string {
  const named = (_: string, prefix: string, name: string): string => prefix + pass.user(name);
  let clean = text.includes('oken (') ? text.replace(SIGNED_IN, named) : text;
  if (!NAMED_USER.test(clean)) return clean;
  clean = clean.replace(USER_IS, named).replace(AS_USER, named);
  return clean.replace(USER, (whole, name: string, value: string) =>
    isMasked(value) || value.includes('@') ? whole : name + pass.user(value),
  );
}

/** Mail addresses. `getty@tty1.service` is an instance of a template unit; a proxy's name follows a user with a password. */
export function hideMails(text: string, pass: Pass, hosts: Hosts): string {
  return text.replace(MAIL, (whole, _name: string, domain: string) => {
    if (isUnit(domain)) return whole;
    if (hosts.isProxy(normalName(domain))) return `${pass.secret('credentials')}@${domain}`;
    return pass.pseudonym('mail', whole.toLowerCase());
  });
}

/** Users by their home directories. */
export function hideHomes(text: string, pass: Pass): string {
  return text
    .replace(HOME_UNIX, (_, prefix: string, name: string) => prefix + pass.user(name))
    .replace(HOME_WINDOWS, (_, prefix: string, name: string) => prefix + pass.user(name));
}
