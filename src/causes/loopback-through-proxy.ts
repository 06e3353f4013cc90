import { isFailure } from '../core/model/outcome.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import { ruledOutBySettings } from '../core/diagnose/probe-scene.ts';
import { callsToItself } from '../core/diagnose/seen-scene.ts';
import { exclusionsUnstated } from '../core/judge/settings/settings-compare.ts';
import { isDuring, isRefusal } from '../core/model/experiment.ts';
import { PMS_ON_LOOPBACK } from '../core/values/pms-port.ts';
import { describeProxied } from '../core/words/flows.ts';
import { describeScan } from '../core/words/scans.ts';

export default defineCause({
  id: 'loopback-through-proxy',
  rank: 100,
  title: "PMS's calls to itself go to the proxy",
  why: `PMS, its scanner and its plug-ins talk to each other over HTTP on ${PMS_ON_LOOPBACK}. Without an entry in no_proxy these calls go to the proxy, whose 127.0.0.1 is another machine.`,
  judgedBy:
    'The rules of the libcurl that PMS bundles are applied to localhost, 127.0.0.1 and ::1. Likely at most where 127.0.0.1 is not covered, and possible where only other names are not, even when such calls were seen at the proxy: they are not proven to break a scan. Confirmed when the proxy was seen to refuse such a call while PMS refused a requested scan.',
  remedy:
    'Set no_proxy=localhost,127.0.0.1,::1,[::1] (and your own domains) in {settings}, then restart PMS. "fix" writes the file for it, and how to install it.',
  commands: ({ reload, restart }) => [
    'sudo pms-proxy-doctor fix loopback-through-proxy -o fixes',
    ...reload,
    ...restart,
  ],
  explainedBy: ['loopback-name-only', 'ipv6-loopback-spelling'],
  harmUnproven: true,
  messages: {
    'exclusions-unknown': '--proxy was given without --no-proxy, so the exclusions of PMS are unknown',
    direct: "PMS's calls to itself go direct",
    'only-ipv6': 'only calls to ::1 go to the proxy, and PMS calls itself by 127.0.0.1',
    proxied: 'no_proxy does not cover {hosts}, so http calls there go to the proxy',
    'other-names': 'PMS calls itself by 127.0.0.1, so only a program that uses another name is concerned',
    meanwhile: 'meanwhile {statement}',
  },

  couldStop({ host }, scene) {
    return host === null || callsToItself(scene).length > 0;
  },

  fromProbes(scene, say) {
    const { routing, settings } = scene;
    if (exclusionsUnstated(settings)) return { state: 'unknown', because: [say('exclusions-unknown')] };
    const proxied = routing.loopback
      .filter(({ decisions }) => decisions[routing.pmsDialect].route === 'proxy')
      .map(({ host }) => host);
    if (proxied.length === 0) return ruledOutBySettings(scene, say('direct'));
    // PMS serves itself on 127.0.0.1 (Plex support article 200430283).
    if (proxied.every((host) => host === '::1')) return ruledOutBySettings(scene, say('only-ipv6'));
    const hosts = proxied.join(', ');
    return proxied.includes('127.0.0.1')
      ? { state: 'likely', because: [say('proxied', { hosts })] }
      : { state: 'possible', because: [say('proxied', { hosts }), say('other-names')] };
  },

  /** The calls were seen, but not that they break a scan. */
  fromSeen(scene) {
    const own = callsToItself(scene);
    return own.length === 0 ? null : { state: 'likely', because: [describeProxied(own)] };
  },

  /** It breaks a scan where PMS refused the scan that the call was made for. */
  fromExperiment(scene, say) {
    const own = callsToItself(scene);
    const refused = scene.experiment.scans.filter(
      (scan) => isRefusal(scan) && own.some(({ flow }) => isFailure(flow.outcome) && isDuring(flow, scan)),
    );
    if (refused.length === 0) return null;
    return {
      state: 'confirmed',
      because: [describeProxied(own), ...refused.map((scan) => say('meanwhile', { statement: describeScan(scan) }))],
    };
  },
});
