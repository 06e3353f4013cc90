import { notRun, ok, type Gathered } from '../../core/evidence.ts';
import type { Surroundings } from '../../core/flows.ts';
import type { PmsLog, Traffic } from '../../core/traffic.ts';
import { clockOffsetSeconds } from './clock-offset.ts';
import { joinTraffic } from './join-traffic.ts';
import { happeningsOfPms, joinPmsLogs } from './pms-logs.ts';
import type { Records } from './records.ts';
import type { Relevance } from './relevance.ts';

export interface Conclusion {
  readonly traffic: Gathered<Traffic>;
  readonly pmsLog: Gathered<PmsLog>;
  /** Places that behaved as proxies in captures. */
  readonly proxies: readonly string[];
}

/** Makes one picture of all that was read. */
export function conclude(
  records: Records,
  surroundings: Surroundings,
  relevance: Relevance,
  clients: readonly string[],
): Conclusion {
  const { captures, accessLogs, pmsLogs } = records;
  const proxies = [...new Set(captures.flatMap((capture) => capture.proxies))];
  const known: Surroundings = { ...surroundings, proxies: new Set([...surroundings.proxies, ...proxies]) };
  const { traffic, happenings } = joinTraffic(records, known, relevance, clients);
  const pmsLog = joinPmsLogs(pmsLogs);
  return {
    traffic:
      captures.length + accessLogs.length === 0
        ? notRun('NO_TRAFFIC_FILE', 'none of the files is a capture or an access log')
        : ok(traffic),
    pmsLog:
      pmsLogs.length === 0
        ? notRun('NO_PMS_LOG', 'none of the files is a log of Plex Media Server')
        : ok({ ...pmsLog, proxyClockOffsetSeconds: clockOffsetSeconds(happeningsOfPms(pmsLog), happenings) }),
    proxies,
  };
}
