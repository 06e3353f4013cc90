import type { Statement } from '../model/statement.ts';
import { fill, sayFrom } from '../words/message.ts';

/** The messages of a comparison. BEFORE and AFTER are the two documents, as `compare BEFORE AFTER` names them. */
const COMPARE_MESSAGES = {
  // The sentence on top.
  'hosts-allowed': 'the proxy now allows {hosts}',
  'hosts-denied': 'the proxy now denies {hosts}',
  'hosts-work': '{hosts} {count:works|work} for PMS now',
  'hosts-fail': '{hosts} {count:fails|fail} for PMS now',
  'hosts-not-shown': '{side} does not show how {count:1 needed endpoint is|# needed endpoints are} for PMS',
  'condition-gone': 'the scan condition is gone',
  'condition-new': 'the scan condition is there now',
  'condition-remains': 'the scan condition is still there',
  'condition-not-shown': '{side} does not show whether the scan condition was there',
  'condition-excluded': 'the scan condition is not there; BEFORE did not show whether it was',
  'condition-other-library': 'the scan condition was found for a library of which {side} has no finished scan',
  'condition-other-basis': 'the scan condition was {before} before and is {after} now',
  'condition-open': 'neither document shows whether the scan condition was there',
  'condition-never': 'the scan condition is in neither document',
  'others-better': '{count:1 other thing is|# other things are} better',
  'others-worse': '{count:1 other thing is|# other things are} worse',
  'others-undecided': '{count:1 other thing|# other things} cannot be compared',
  'nothing-changed': 'nothing changed',
  'only-neutral': 'nothing is better or worse',
  // Endpoints.
  'allowed-now': 'the proxy now allows {host} ({before} before)',
  'denied-now': 'the proxy now denies {host}: {after}',
  'works-now': '{host} works for PMS now ({before} before)',
  'fails-now': '{host} fails for PMS now: {after}',
  'fails-otherwise': '{host} still fails for PMS: {before} before, {after} now',
  'works-not-shown-before': '{host} works for PMS; BEFORE does not show how it was',
  'works-not-shown-after': '{host} worked for PMS; AFTER does not show how it is',
  'fails-not-shown-before': '{host} fails for PMS: {after}; BEFORE does not show how it was',
  'fails-not-shown-after': '{host} failed for PMS: {before}; AFTER does not show how it is',
  'way-changed': 'PMS went to {host} {before} and goes {after} now; it works both ways',
  'other-route': '{host} {route}: {before} before, {after} now; PMS does not go this way',
  'only-in-before': '{host} is only in BEFORE, which does not show how it was for PMS',
  'only-in-after': '{host} is only in AFTER, which does not show how it is for PMS',
  // Times.
  slower: '{host} {route}: {after} ms, {before} ms before',
  'all-slower': 'half of the endpoints take more than {after} ms {route}, {before} ms before',
  // Bypasses.
  'bypass-gone': '{process} no longer goes around the proxy to {target}',
  'bypass-new': '{process} goes around the proxy to {target} now',
  'bypass-not-watched-before': '{process} goes around the proxy to {target}; BEFORE was not watched',
  'bypass-not-watched-after': '{process} went around the proxy to {target}; AFTER was not watched',
  'bypass-through-proxy-before':
    '{process} goes around the proxy to {target}; BEFORE has it asking the proxy, and does not show that it never went around',
  'bypass-through-proxy-after':
    '{process} went around the proxy to {target}; AFTER has it asking the proxy, and does not show that it never goes around',
  'bypass-unproven-before': '{process} goes around the proxy to {target}; nothing shows that BEFORE would have seen it',
  'bypass-unproven-after': '{process} went around the proxy to {target}; nothing shows that AFTER would have seen it',
  'bypass-end-changed': '{process} around the proxy to {target}: {before} before, {after} now',
  'configured-gone': 'the settings no longer send PMS around the proxy to {target}',
  'configured-new': 'the settings send PMS around the proxy to {target} now',
  'configured-not-shown-before': 'the settings send PMS around the proxy to {target}; BEFORE does not show them',
  'configured-not-shown-after': 'the settings sent PMS around the proxy to {target}; AFTER does not show them',
  'configured-no-proxy': 'the settings would send PMS around the proxy to {target}; {side} has no proxy',
  // Settings.
  'proxy-set': 'a proxy is configured now',
  'proxy-unset': 'no proxy is configured any more',
  'setting-changed': '{setting}: {before} before, {after} now',
  'exclusions-added': 'no_proxy has new entries: {entries}',
  'exclusions-removed': 'no_proxy no longer has {entries}',
  // Causes, expectations, checks.
  'cause-changed': '{title}: {before} before, {after} now',
  'expectation-met': '{host}: {aspect} is as expected now',
  'expectation-unmet': '{host}: {aspect} should be {expected}, is {actual}',
  'expectation-unmet-only-before':
    '{host}: {aspect} was {actual} instead of {expected}; AFTER was not held to the same policy',
  'expectation-unmet-only-after':
    '{host}: {aspect} is {actual} instead of {expected}; BEFORE was not held to the same policy',
  'policy-only-before': 'BEFORE met its policy; AFTER was held to none',
  'policy-only-after': 'AFTER meets its policy; BEFORE was held to none',
  'check-changed': 'check {check}: {before} before, {after} now',
  'check-unproven': 'check {check}: {before} before, {after} now; it judges what was watched, so see the bypasses',
  // Limits.
  'names-hidden':
    'private names are pseudonyms that were numbered apart: a name that was replaced by another of its kind is not seen',
  'other-command': 'BEFORE is of {before}, AFTER of {after}: each shows only what its command looks at',
  'other-version': 'BEFORE was judged by version {before}, AFTER by {after}: a difference may be that of the rules',
  interrupted: '{side} was interrupted: what it lacks was not looked at',
  'not-watched': 'the traffic of PMS was not watched in {side}',
  'needs-watching':
    'only a scan that was watched shows bypasses and the scan condition: make both documents with reproduce',
  'other-order': 'AFTER began before BEFORE',
} as const;

export const sayCompared = sayFrom(COMPARE_MESSAGES);

const TEMPLATES: ReadonlyMap<string, string> = new Map(Object.entries(COMPARE_MESSAGES));

/** The same statement about several targets. */
export function sayOfAll({ message, args, text }: Statement, target: string): Statement {
  const all = { ...args, target };
  return { message, args: all, text: fill(TEMPLATES.get(message) ?? text, all) };
}

export const SIDE = { before: 'BEFORE', after: 'AFTER' } as const;
export type SideKey = keyof typeof SIDE;
