import { defineCheck } from '../src/core/check.ts';
import { entriesMeant, listInUse } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'ipv6-loopback-spelling',
  title: 'no_proxy spells the IPv6 loopback address in one way only',
  why: 'libcurl and wget match "::1", Python’s urllib matches "[::1]": neither spelling works everywhere.',
  remedy: 'List both "::1" and "[::1]" in {variable} ({from}).',
  severity: 'low',
  needs: ['settings', 'routing'],
  messages: {
    bracketed: '{variable} ({from}) has "[::1]" but not "::1": PMS does not read the brackets.',
    bare: '{variable} ({from}) has "::1" but not "[::1]": right for PMS; Python plug-ins would need the brackets.',
    both: '{variable} ({from}) has both spellings.',
    absent: 'no_proxy does not mention the IPv6 loopback address.',
    unset: 'No variable names a proxy, or there is no no_proxy.',
  },
  evaluate({ settings }, say) {
    const list = listInUse(settings);
    if (!list) return say('not-applicable', 'unset', {});
    const where = { variable: list.name, from: list.from };
    const entries = entriesMeant(list.value);
    const bare = entries.includes('::1');
    const bracketed = entries.includes('[::1]');
    if (bare) return bracketed ? say('pass', 'both', where) : say('pass', 'bare', where);
    return bracketed ? say('warn', 'bracketed', where) : say('pass', 'absent', {});
  },
});
