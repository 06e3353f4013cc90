import { defineCheck } from '../src/core/check.ts';
import { presentOf } from '../src/core/judge/past.ts';
import type { PmsRequest } from '../src/core/model/traffic.ts';

const HOST = 'resources-cdn.plexapp.com';

export default defineCheck({
  id: 'plugin-resources-missing',
  title: 'The plug-in system lacks its list of resources',
  why: `When the plug-in system starts, it fetches hashes.json from ${HOST} over plain HTTP (port 80), and remembers a failure for about an hour. Meanwhile it answers 404 to plug-ins that ask it for resourceHashes. Legacy agents are plug-ins; the modern agents of Plex are not.`,
  remedy:
    'If a library uses a legacy agent or a plug-in, allow {host} port 80 (plain HTTP) on the proxy for the PMS host; then restart PMS, or wait an hour.',
  severity: 'medium',
  needs: ['pmsLog'],
  messages: {
    failed: '{log} could not fetch its list of resources from {host}:80: {reason}.',
    remembered:
      '{log} lacks the list of resources: {host}:80 failed earlier, which the plug-in system remembers for about an hour.',
    none: "PMS's log does not say that the list of resources is missing.",
  },
  evaluate({ pmsLog }, say) {
    const { requests, warnings = [] } = presentOf(pmsLog, []);
    const failed = requests.find((request) => request.host === HOST && isFailed(request));
    if (failed !== undefined) {
      const { log, error, curl, status } = failed;
      const words = error ?? (curl === null ? null : `curl ${curl}`);
      return say('warn', 'failed', { log, host: HOST, reason: words ?? `answered ${status ?? 0}` });
    }
    const remembered = warnings.find(({ topic }) => topic === 'plugin-resources');
    return remembered === undefined
      ? say('pass', 'none', {})
      : say('warn', 'remembered', { log: remembered.log, host: HOST });
  },
});

function isFailed({ error, curl, status }: PmsRequest): boolean {
  return error !== null || curl !== null || (status !== null && status >= 400);
}
