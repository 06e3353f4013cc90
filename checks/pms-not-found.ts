import { defineCheck } from '../src/core/check.ts';
import { sourceWords } from '../src/core/words/settings.ts';

export default defineCheck({
  id: 'pms-not-found',
  title: 'No running PMS on this machine',
  why: 'Without PMS, the endpoints are judged from this machine with settings that PMS may not have. Another machine or container may have another route, name server and proxy.',
  remedy: 'Run this {where}, or name the settings with --env-from or --proxy.',
  severity: 'medium',
  needs: ['pms', 'settings'],
  messages: {
    elsewhere: 'PMS was not found here: everything is judged from elsewhere, with the settings of {source}.',
    stopped: 'PMS is installed but not running: it is judged with the settings of {source}.',
    asserted: 'PMS is not running here; the settings were given.',
    running: 'PMS runs here, pid {pid}.',
  },
  evaluate({ pms, settings }, say) {
    if (pms.pid !== null) return say('pass', 'running', { pid: pms.pid });
    if (settings.basis === 'asserted') return say('not-applicable', 'asserted', {});
    const source = sourceWords(settings.used);
    return pms.found
      ? say('warn', 'stopped', { source, where: 'while PMS is running' })
      : say('warn', 'elsewhere', { source, where: 'on the machine, or in the container, in which PMS runs' });
  },
});
