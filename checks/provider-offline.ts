import { defineCheck } from '../src/core/check.ts';
import { isProviderOnline } from '../src/core/pms-status.ts';

export default defineCheck({
  id: 'provider-offline',
  title: 'PMS counts its metadata provider as offline',
  why: 'PMS keeps a count of the cloud providers that are online. One that was unreachable earlier can stay offline after the network has been mended.',
  remedy: 'Mend the way to {host}, then restart PMS so that it asks its providers again.',
  severity: 'high',
  needs: ['pmsStatus'],
  causes: ['provider-offline'],
  messages: {
    offline: 'By its own word, PMS has its metadata provider ({host}) offline.',
    untold: "PMS's answer does not tell whether its metadata provider is online.",
    online: 'By its own word, PMS has its metadata provider online.',
  },
  evaluate({ pmsStatus }, say) {
    const online = isProviderOnline(pmsStatus);
    if (online === null) return say('not-applicable', 'untold', {});
    return online ? say('pass', 'online', {}) : say('warn', 'offline', { host: 'metadata.provider.plex.tv' });
  },
});
