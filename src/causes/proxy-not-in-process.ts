import { ABOUT_SETTINGS } from '../core/diagnose/about.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf, type Judgement } from '../core/diagnose/judgement.ts';
import {
  describeDirectRoutes,
  hasConnected,
  isProcess,
  nameOf,
  nothingToScan,
  processesWithoutProxy,
  surenessOfWay,
  type ProbeScene,
} from '../core/diagnose/probe-scene.ts';
import { namesProxy } from '../core/judge/settings/settings-compare.ts';
import { valueOf, type SettingsSource } from '../core/model/evidence.ts';
import { SCANNER } from '../core/model/experiment.ts';
import type { Say } from '../core/words/message.ts';

const messages = {
  'process-unproxied': '{process} names no proxy for https',
  'no-connection-seen': 'it was not seen to connect to anything',
  'process-with-upper-case-only': '{process} names no proxy for https: libcurl ignores HTTP_PROXY in upper case',
  'source-unproxied': '{source} names no proxy for {hosts}',
  'declared-elsewhere': '{source} names one',
  'direct-open': 'a process without the variables gets through: direct connections work',
  'named-nowhere': 'no place names a proxy: if this network has one, PMS was not told of it',
  'line-ignored': '{place} was meant to set a variable, and systemd ignores it: perhaps that of the proxy',
  unread: 'the environment of {process} could not be read',
  complete: '{source} names a proxy for every endpoint that a scan needs',
  'no-scanner': 'no scanner ran whose variables could be compared',
  'no-process': '{source} names a proxy, but there was no running process to compare: {reason}',
} as const;

export default defineCause({
  id: 'proxy-not-in-process',
  rank: 30,
  title: 'The proxy variables never reached PMS or its children',
  why: 'A process reads its environment once, at its start. Variables in a unit that was not reloaded, in a shell, or outside the container change nothing for a PMS that already runs.',
  judgedBy:
    'The environments of the running PMS and of its children are read. Confirmed when PMS, or a child that was seen to connect, names no proxy for an endpoint of a scan and the direct connection failed.',
  remedy:
    'Set https_proxy and http_proxy, in lower case, in {settings}, and restart PMS: it reads them when it starts. "fix" writes the file for it, and how to install it.',
  decide: {
    when: 'named-nowhere',
    title: 'PMS has no proxy, and may not get out without one',
    text: 'Find out whether this network has a proxy. If so, run this again with --proxy URL, which shows what works through it; then PMS has to be told of it. If not, PMS needs direct connections to {hosts}.',
  },
  commands: ({ reload, restart }) => ['sudo pms-proxy-doctor fix proxy-not-in-process -o fixes', ...reload, ...restart],
  explainedBy: ['systemd-ignores-line', 'uppercase-http-proxy', 'empty-variable'],
  messages,

  couldStop({ route, isConfigured }) {
    return route !== 'proxy' && isConfigured !== true;
  },

  fromProbes(scene, say) {
    const { ways, settings } = scene;
    if (ways.length === 0) return nothingToScan(scene);
    const lacking = processesWithoutProxy(scene);
    const harmed = lacking.filter((source) => source.kind === 'process' || hasConnected(source, scene));
    const unproxied = ways.filter(
      ({ decision }) => decision.route === 'direct' && decision.excludedBy === null && decision.error === null,
    );
    if (ways.every(({ direct }) => direct === 'usable')) return { state: 'ruled-out', because: [say('direct-open')] };
    if (lacking.length === 0 && unproxied.length === 0) return everyProcessHasIt(scene, say);
    const blocked = ways.filter(({ direct }) => direct === 'unusable');
    const declared = declaring(scene);
    const ignored = linesIgnored(scene);
    const isNamed = declared.length > 0 || lacking.some(hasUpperCase) || scene.routing.configured;
    const source = { source: settings.used, hosts: hostsOf(unproxied).join(', ') };
    return {
      state: surenessOf(scene, { isCertain: blocked.length > 0 && isNamed, lacking, harmed }),
      because: [
        ...lacking.map((process) =>
          say(hasUpperCase(process) ? 'process-with-upper-case-only' : 'process-unproxied', {
            process: nameOf(process),
          }),
        ),
        ...(lacking.length === 0 ? [say('source-unproxied', source)] : []),
        ...(lacking.length > 0 && harmed.length === 0 && unproxied.length === 0 ? [say('no-connection-seen')] : []),
        ...(isNamed || ignored.length > 0 ? [] : [say('named-nowhere')]),
        ...(isNamed ? [] : ignored.map((place) => say('line-ignored', { place }))),
        ...declared.map(({ id }) => say('declared-elsewhere', { source: id })),
        ...describeDirectRoutes(blocked),
      ],
      hosts: hostsOf(blocked.length === 0 ? unproxied : blocked),
    };
  },
  fromSeen: { never: 'A direct connection does not show which variables its process has.' },
  fromExperiment: { never: 'How a scan ends does not show which variables its process has.' },
});

interface Lack {
  readonly isCertain: boolean;
  readonly lacking: readonly SettingsSource[];
  /** Those of them that connect: a helper that never does needs no proxy. */
  readonly harmed: readonly SettingsSource[];
}

function surenessOf(scene: ProbeScene, { isCertain, lacking, harmed }: Lack): Judgement['state'] {
  if (!isCertain) return 'possible';
  if (lacking.length === 0) return surenessOfWay(scene);
  return harmed.length > 0 ? 'confirmed' : 'possible';
}

function everyProcessHasIt({ settings }: ProbeScene, say: Say<typeof messages>): Judgement {
  const { sources, used, basis, why } = settings;
  const unread = sources.filter(isProcess).filter(({ variables }) => variables.state !== 'ok');
  if (unread.length > 0)
    return { state: 'unknown', because: unread.map((process) => say('unread', { process: nameOf(process) })) };
  if (basis !== 'observed' && basis !== 'asserted')
    return { state: 'unknown', because: [say('no-process', { source: used, reason: why })] };
  // PMS may start its scanner without its own variables.
  const isScannerRead = sources.some(({ kind, process }) => kind === 'child' && process?.startsWith(SCANNER) === true);
  return {
    state: isScannerRead ? 'ruled-out' : 'unknown',
    because: [say('complete', { source: used }), ...(isScannerRead ? [] : [say('no-scanner')])],
    about: ABOUT_SETTINGS,
  };
}

/** Places other than the processes that name a proxy for https. */
function declaring({ settings }: ProbeScene): readonly SettingsSource[] {
  return settings.sources.filter(
    (source) => !isProcess(source) && source.variables.state === 'ok' && namesProxy(source.variables.value),
  );
}

function linesIgnored({ settings }: ProbeScene): readonly string[] {
  return settings.sources.flatMap(({ ignored = [] }) => ignored.map(({ from }) => from));
}

function hasUpperCase({ variables }: SettingsSource): boolean {
  return (valueOf(variables) ?? []).some(({ name }) => name === 'HTTP_PROXY');
}
