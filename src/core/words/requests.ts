import type { Statement } from '../model/statement.ts';
import type { DnsQuestionSeen, PmsRequest } from '../model/traffic.ts';
import { sayFrom } from './message.ts';

export const REQUEST_MESSAGES = {
  'logged-failure': '{log} logs that {host} failed {count:once|# times} ([curl {curl}: ]{error})',
  'logged-failure-without-reason':
    '{log} logs that {host} failed {count:once|# times} ([curl {curl}: ]no reason given)',
  'dns-question': '{process} asks {server} for {name}: {result}',
} as const;

const say = sayFrom(REQUEST_MESSAGES);

/** A failed request, as PMS's log has it. */
export function describeLoggedFailure({ log, host, curl, error, count }: PmsRequest): Statement {
  return error === null
    ? say('logged-failure-without-reason', { log, host, curl, count })
    : say('logged-failure', { log, host, curl, error, count });
}

export function describeQuestion({ process, client, name, server, result }: DnsQuestionSeen): Statement {
  return say('dns-question', { process: process ?? client ?? 'an unknown process', server, name, result });
}
