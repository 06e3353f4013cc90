import { notRun, ok, type Gathered } from '../../../core/model/evidence.ts';
import type { Surroundings } from '../../../core/judge/traffic/flows.ts';
import type { PmsLog, Traffic } from '../../../core/model/traffic.ts';
import { clockOffsetSeconds } from './clock-offset.ts';
import { joinTraffic, type ServerSeen } from './join-traffic.ts';
import { happeningsOfPms, joinPmsLogs } from './pms-logs.ts';
import type { Records } from './records.ts';
import { FLOWS_KEPT, type Relevance } from '../../flows/relevance.ts';

export interface Conclusion {
  readonly traffic: Gathered<Traffic>;
  readonly pmsLog: Gathered<PmsLog>;
  /** Places that behaved as proxies in captures. */
  readonly proxies: readonly string[];
  /** Several clients could be PMS: of them all, only the traffic that concerns Plex is in it. */
  readonly isPlexOnly: boolean;
  /** Addresses that proxies connected to for a name, by their logs. */
  readonly servers: readonly ServerSeen[];
}

/** Makes one picture of everything read. */
export function conclude(
  records: Records,
  surroundings: Surroundings,
  relevance: Relevance,
  clients: readonly string[],
  flowsKept: number = FLOWS_KEPT,
): Conclusion {
  const { captures, accessLogs, pmsLogs } = records;
  const proxies = [...new Set(captures.flatMap((capture) => capture.proxies))];
  const known: Surroundings = { ...surroundings, proxies: new Set([...surroundings.proxies, ...proxies]) };
  const { traffic, happenings, isPlexOnly, servers } = joinTraffic(records, known, relevance, clients, flowsKept);
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
    isPlexOnly,
    servers,
  };
}
