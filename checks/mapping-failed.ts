import { defineCheck } from '../src/core/check.ts';

export default defineCheck({
  id: 'mapping-failed',
  title: 'PMS says that it cannot be reached from outside',
  why: 'Remote access has no part in scanning. Behind a proxy the server learns the address of the proxy as its own, so that this is what an isolated network looks like.',
  remedy: 'Nothing, where PMS is meant to be isolated: switch remote access off in its settings (now: {state}).',
  severity: 'info',
  needs: ['pmsStatus'],
  messages: {
    failed: 'Remote access of PMS does not work: mapping {state} ({error}). It matters for no scan.',
    untold: 'How remote access of PMS stands, it did not say.',
    other: 'Remote access of PMS: {state}.',
  },
  evaluate({ pmsStatus: { mapping, mappingError } }, say) {
    if (mapping === null) return say('not-applicable', 'untold', {});
    return mapping.toLowerCase() === 'failed'
      ? say('warn', 'failed', { state: mapping, error: mappingError ?? 'no reason given' })
      : say('pass', 'other', { state: mapping });
  },
});
