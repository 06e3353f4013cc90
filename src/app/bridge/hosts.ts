import type { Watched } from '../live/watched-experiment.ts';
import { notRun, ok } from '../../core/model/evidence.ts';
import { MOST_BRIDGED, BRIDGE_PORT } from '../../bridge/hosts-file.ts';
import { evidenceOf } from '../evidence-document.ts';
import type { Groundwork } from '../live/groundwork.ts';
import { judge } from '../judge.ts';
import { NOT_PROBED } from '../live/live.ts';
import type { Run } from '../run.ts';
import { hostsToBridge } from '../../bridge/hosts-of-report.ts';

/** The hosts that a scan needs, and that PMS was seen to miss around the proxy. */
export function bypassedHosts(seen: Watched, { options, signal }: Run, ground: Groundwork): readonly string[] {
  const evidence = evidenceOf(
    { command: 'bridge', startedAt: new Date(), options, signal },
    {
      endpoints: ok(ground.endpoints),
      pms: ground.located.pms,
      settings: ground.settings,
      ...NOT_PROBED,
      traffic: seen.traffic,
      pmsLog: seen.pmsLog,
      pmsStatus: notRun('PMS_NOT_ASKED'),
      experiment: seen.experiment,
    },
  );
  return hostsToBridge(judge(evidence, null), BRIDGE_PORT).slice(0, MOST_BRIDGED);
}
