import { defineCheck } from '../src/core/check.ts';
import { nameList } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'other-servers',
  title: 'Another PMS on this host was not judged',
  why: 'Each server has its own settings, network and user. A report judges one of them.',
  remedy: 'Judge the other one too: sudo pms-proxy-doctor check --env-from pid:{other}',
  severity: 'medium',
  needs: ['pms'],
  messages: {
    unjudged: 'Only the PMS of pid {pid} was judged, not {pids}.',
    chosen: 'The PMS of pid {pid} was judged, as was asked for; {pids} also run here.',
    none: 'No other PMS was seen on this host.',
    absent: 'No process of PMS was running.',
  },
  evaluate({ pms: { pid, others } }, say) {
    if (pid === null) return say('not-applicable', 'absent', {});
    const [other] = others?.pids ?? [];
    if (others === undefined || other === undefined) return say('pass', 'none', {});
    const pids = nameList(others.pids.map((each) => `pid ${each}`));
    return others.isChosen ? say('pass', 'chosen', { pid, pids }) : say('warn', 'unjudged', { pid, pids, other });
  },
});
