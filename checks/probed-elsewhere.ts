import { defineCheck } from '../src/core/check.ts';
import { differenceOf } from '../src/core/model/vantage.ts';

export default defineCheck({
  id: 'probed-elsewhere',
  title: 'The probes were not made where PMS stands',
  why: 'A container or a service may have a network of its own, with other addresses, routes, name servers and firewall rules. Rules of a firewall may also name users, and a user may not be able to read the files that name resolution needs.',
  remedy:
    'Run this as root on the host of PMS, so that it probes in the network and as the user of PMS: sudo pms-proxy-doctor check. Where rules hold for its control group, watch PMS itself: sudo pms-proxy-doctor reproduce',
  severity: 'medium',
  needs: ['vantage'],
  messages: {
    network: 'PMS (pid {pid}) runs in another network namespace than the probes of this run[: {reason}].',
    user: 'PMS (pid {pid}) runs as user {uid}, and the probes of this run were made by user {own}[: {reason}].',
    group:
      'Rules of this host (systemd, nftables or iptables) hold for control groups, and PMS (pid {pid}) is in another one than the probes of this run.',
    unknown: 'It could not be seen in which network PMS (pid {pid}) runs[: {reason}].',
    there: 'The probes were made in the network and as the user of PMS.',
    absent: 'No process of PMS was running.',
  },
  evaluate({ vantage: { probes, pms, missed } }, say) {
    if (pms === null) return say('not-applicable', 'absent', {});
    const { pid, place } = pms;
    const reason = missed?.message ?? null;
    switch (differenceOf(probes, place)) {
      case null:
        return say('pass', 'there', {});
      case 'network':
        return say('warn', 'network', { pid, reason });
      case 'user':
        return say('warn', 'user', { pid, uid: place.uid ?? '?', own: probes.uid ?? '?', reason });
      case 'group':
        return say('warn', 'group', { pid });
      case 'unknown':
        return say('warn', 'unknown', { pid, reason });
    }
  },
});
