import { defineCheck } from '../src/core/check.ts';

export default defineCheck({
  id: 'rebinding-protection',
  title: 'Local DNS drops private answers for plex.direct',
  why: 'Names below plex.direct carry a local address, so that apps connect to PMS securely at home. A resolver with rebinding protection drops such answers.',
  remedy:
    'Exempt plex.direct from rebinding protection in the local resolver (dnsmasq: rebind-domain-ok=/plex.direct/; Unbound: private-domain: "plex.direct").',
  severity: 'low',
  needs: ['resolver'],
  messages: {
    dropped: 'The local resolver drops private answers for plex.direct: apps at home lose secure connections to PMS.',
    returned: 'The local resolver passes private answers for plex.direct on.',
    unresolved: 'The local resolver gives no answer for plex.direct, so its protection cannot be judged.',
    unasked: 'plex.direct could not be judged: {reason}.',
  },
  evaluate({ resolver }, say) {
    const { rebinding } = resolver;
    if (rebinding.state !== 'ok') return say('not-applicable', 'unasked', { reason: rebinding.reason.message });
    if (rebinding.value.private === 'returned') return say('pass', 'returned', {});
    return rebinding.value.public === 'returned' ? say('warn', 'dropped', {}) : say('not-applicable', 'unresolved', {});
  },
});
