import type { Reason } from '../model/reason.ts';
import { unreachedBecause, type PmsStatus } from '../model/pms-status.ts';
import type { Statement } from '../model/statement.ts';
import { sayFrom } from './message.ts';

/** Messages that several causes share. */
export const COMMON_MESSAGES = {
  'settings-assumed': 'but it is only assumed that PMS uses these settings',
  'no-agent-asks': 'no library here has an agent that needs an endpoint for a scan',
  'no-endpoint-examined': 'no endpoint that a scan needs was tried',
  'proxy-not-in-use': 'PMS asks no proxy for an endpoint that a scan needs',
  'proxy-not-in-use-yet': 'PMS does not ask the proxy yet; when it does:',
  'pms-unreached': 'PMS could not be asked: {reason}',
  'pms-silent': 'PMS did not say[: {reason}]',
  'section-refused': 'it refused to scan section {section}[: {status}]',
  'works-now':
    "{host} answers this tool on PMS's route now: where PMS is let through as well, the state is from before, and a restart is enough",
  'probed-elsewhere': 'this was not tried in the network and as the user of PMS',
  'own-probe-only':
    'these are requests of this tool: a proxy or a filter can tell those of PMS from them, and only PMS shows how it is treated ("reproduce" does)',
  'seen-only': 'this does not show how it is for other requests of PMS',
  'other-attempt': 'this does not show how it was during the failed scan',
  'not-these-attempts': 'the failed attempts were seen, and this stopped none of them',
  'own-proxy': '{process} (pid {pid}) was given a proxy of its own, {proxy}: {outcome}[ ({code})]',
  'untied-lines':
    "nothing shows that these lines of the proxy's log are PMS's: behind address translation they can be another host's",
  earlier: 'earlier it was different: {statement}',
} as const;

export const sayCommon = sayFrom(COMMON_MESSAGES);

/** Evidence that is missing, by the code and the words of its reason. */
export function describeReason({ code, message }: Reason): Statement {
  return { message: code, args: {}, text: message };
}

/** Why PMS's answers do not decide. */
export function describeUnknownState(status: PmsStatus): Statement {
  const unreached = unreachedBecause(status);
  if (unreached !== null) return sayCommon('pms-unreached', { reason: unreached.message });
  return sayCommon('pms-silent', { reason: status.troubles[0]?.message ?? null });
}

/** The id of a remedy that changes nothing and decides whether the cause is at work. */
export const DECIDE = 'decide';
