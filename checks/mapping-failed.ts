import { defineCheck } from '../src/core/check.ts';

export default defineCheck({
  id: 'mapping-failed',
  title: 'PMS says that it cannot be reached from outside',
  why: "Scans do not use remote access. Behind a proxy, the server takes the proxy's address for its own, so this is normal in an isolated network.",
  remedy: 'If PMS is meant to be isolated, switch remote access off in its settings (now: {state}).',
  severity: 'info',
  needs: ['pmsStatus'],
  messages: {
    failed: 'Remote access of PMS does not work: mapping {state} ({error}). Scans do not need it.',
    untold: 'PMS did not report its remote-access state.',
    other: 'Remote access of PMS: {state}.',
  },
  evaluate({ pmsStatus: { mapping, mappingError } }, say) {
    if (mapping === null) return say('not-applicable', 'untold', {});
    return mapping.toLowerCase() === 'failed'
      ? say('warn', 'failed', { state: mapping, error: mappingError ?? 'no reason given' })
      : say('pass', 'other', { state: mapping });
  },
});
