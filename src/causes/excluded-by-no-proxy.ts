import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf } from '../core/diagnose/judgement.ts';
import { nothingToScan, ruledOutBySettings, surenessOfWay } from '../core/diagnose/probe-scene.ts';
import { describeRoute } from '../core/words/routes.ts';

export default defineCause({
  id: 'excluded-by-no-proxy',
  rank: 20,
  title: 'no_proxy sends an endpoint direct',
  why: 'An entry of no_proxy that covers an endpoint of Plex makes PMS connect to it directly, which an isolated network blocks.',
  judgedBy:
    'The rules of the libcurl that PMS bundles are applied to the variables. Confirmed when they send an endpoint of a scan direct and the direct connection failed.',
  remedy:
    'Remove the entry of no_proxy that covers {hosts} from {settings}, then restart PMS. "fix" writes the file for it, and how to install it.',
  commands: ({ reload, restart }) => ['sudo pms-proxy-doctor fix excluded-by-no-proxy -o fixes', ...reload, ...restart],
  explainedBy: ['bare-name-entry'],
  messages: {
    excluded: 'the entry "{entry}" of no_proxy sends {host} direct',
    none: 'no entry of no_proxy covers an endpoint that a scan needs',
  },

  couldStop({ route, isExcluded }) {
    return route !== 'proxy' && isExcluded !== false;
  },

  fromProbes(scene, say) {
    if (scene.ways.length === 0) return nothingToScan(scene);
    const excluded = scene.ways.flatMap((way) => {
      const { route, excludedBy: entry } = way.decision;
      return route === 'direct' && entry !== null ? [{ ...way, entry }] : [];
    });
    if (excluded.length === 0) return ruledOutBySettings(scene, say('none'));
    const hurt = excluded.filter(({ usable }) => usable === 'unusable');
    const told = hurt.length > 0 ? hurt : excluded;
    const works = excluded.every(({ usable }) => usable === 'usable');
    return {
      state: hurt.length > 0 ? surenessOfWay(scene) : works ? 'ruled-out' : 'possible',
      because: told.flatMap(({ result, entry }) => [
        say('excluded', { entry, host: result.host }),
        describeRoute(result, 'direct'),
      ]),
      hosts: hostsOf(told),
    };
  },
  fromSeen: { never: 'A direct connection does not show that an entry of no_proxy is the reason for it.' },
  fromExperiment: { never: 'How a scan ends does not show which variables its process follows.' },
});
