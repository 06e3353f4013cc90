import type { FactKey } from '../judge/facts.ts';

/** The evidence that a check is judged from, for people. */
const FACT_WORDS: Readonly<Record<FactKey, string>> = {
  endpoints: 'the endpoints tried',
  pms: 'the PMS found on this machine',
  settings: 'the proxy settings of PMS',
  proxies: "the proxy's own answers",
  'attempts.direct': 'the direct attempts',
  'attempts.proxy': 'the attempts through the proxy',
  resolver: 'the answers of the local name servers',
  vantage: 'the network and the user of the probes',
  childProxies: 'the proxies that only children of PMS have',
  load: 'how long this program had to wait while it probed',
  traffic: 'the traffic of PMS that was seen',
  pmsLog: "PMS's own log",
  pmsStatus: "PMS's answers about itself",
  experiment: 'the scans that PMS was asked for',
  results: 'the result of each endpoint on both routes',
  routing: 'the route that the settings give each client',
  observed: "PMS's observed connections",
};

/** `PMS's answers about itself (pmsStatus)`, several in one list. */
export function factWords(keys: readonly FactKey[]): string {
  return keys.map((key) => `${FACT_WORDS[key]} (${key})`).join(', ');
}
