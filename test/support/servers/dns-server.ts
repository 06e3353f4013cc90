import { startDns, type DnsAnswer } from '../../../src/demo/outside/dns.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import type { DnsQuestion } from '../../../src/parse/dns.ts';

export interface ListeningDns extends Listening {
  /** Every question that arrived, oldest first. */
  readonly questions: readonly DnsQuestion[];
}

/**
 * A DNS server on UDP: either the addresses of each name (lower case; what is not listed does not exist), or one way to
 * treat every question.
 */
export async function dnsServer(
  records: Readonly<Record<string, readonly string[]>> | 'silent' | 'servfail' | 'refused' | 'nxdomain',
): Promise<ListeningDns> {
  const questions: DnsQuestion[] = [];
  const answer = (question: DnsQuestion): DnsAnswer => {
    questions.push(question);
    if (typeof records === 'string') return { kind: records };
    const addresses = records[question.name.toLowerCase()];
    return addresses ? { kind: 'addresses', addresses } : { kind: 'nxdomain' };
  };
  return { ...(await startDns(answer)), questions };
}
