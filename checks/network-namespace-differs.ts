import { defineCheck } from '../src/core/check.ts';

export default defineCheck({
  id: 'network-namespace-differs',
  title: 'PMS lives in another network than this tool',
  why: 'A container has its own addresses, routes, DNS and firewall rules. What is probed from outside of it need not hold for PMS.',
  remedy: 'Run this in the network of PMS: nsenter --target {pid} --net pms-proxy-doctor, or inside of its container.',
  severity: 'medium',
  needs: ['pms'],
  messages: {
    other: 'PMS (pid {pid}) runs in another network namespace: the direct route was probed from here, not from there.',
    same: 'PMS runs in the network that was probed.',
    unknown: 'Whether PMS runs in the network that was probed is not known on this system.',
    absent: 'No process of PMS was running.',
  },
  evaluate({ pms }, say) {
    if (pms.pid === null) return say('not-applicable', 'absent', {});
    if (pms.otherNetwork === null) return say('not-applicable', 'unknown', {});
    return pms.otherNetwork ? say('warn', 'other', { pid: pms.pid }) : say('pass', 'same', {});
  },
});
