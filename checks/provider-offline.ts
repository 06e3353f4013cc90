import { defineCheck, TROUBLES_OF_THE_WAY } from '../src/core/check.ts';
import { isProviderOnline, METADATA_HOST } from '../src/core/model/pms-status.ts';

export default defineCheck({
  id: 'provider-offline',
  title: 'PMS counts its metadata provider as offline',
  why: 'PMS keeps a count of the cloud providers that are online. A provider that was unreachable earlier can stay offline after the network works again.',
  remedy: 'Restore access to {host}, then restart PMS so that it asks its providers again.',
  severity: 'high',
  needs: ['pmsStatus'],
  supersededBy: TROUBLES_OF_THE_WAY,
  causes: ['provider-offline'],
  messages: {
    offline: 'PMS reports its metadata provider ({host}) as offline.',
    untold: 'PMS did not report whether its metadata provider is online.',
    online: 'PMS reports its metadata provider as online.',
  },
  evaluate({ pmsStatus }, say) {
    const online = isProviderOnline(pmsStatus);
    if (online === null) return say('not-applicable', 'untold', {});
    return online ? say('pass', 'online', {}) : say('warn', 'offline', { host: METADATA_HOST }, METADATA_HOST);
  },
});
