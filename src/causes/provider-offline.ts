import { defineCause, type ExperimentScene } from '../core/diagnose/cause.ts';
import { joinLater, type Judgement } from '../core/diagnose/judgement.ts';
import { lastLogged, stateUntold } from '../core/diagnose/kept-state.ts';
import { flowsDuring } from '../core/diagnose/scans.ts';
import { nameList } from '../core/judge/pms-way.ts';
import { isRefusal, needyScans, type Experiment, type Scan } from '../core/model/experiment.ts';
import { isProviderOnline, METADATA_HOST, METADATA_PROVIDER, type PmsStatus } from '../core/model/pms-status.ts';
import type { Say } from '../core/words/message.ts';
import { describeScan } from '../core/words/scans.ts';

const messages = {
  online: 'PMS says that its metadata provider is online',
  offline: 'PMS says that its metadata provider is offline',
  listed: "PMS's list of providers names the metadata provider, which does not prove that it is online",
  unlisted: "PMS's list of providers does not name the metadata provider, which does not prove that it is offline",
  'no-agent-needs-it': 'no library here has an agent that needs it',
  needed: 'the agent of library {libraries} needs it',
  logged: "last count in PMS's log: {count:# cloud provider|# cloud providers} online[ ({at})]",
  'asked-again': 'then PMS asked its providers again',
  'no-change': 'PMS asked its providers again, and nothing changed',
  answered: 'meanwhile PMS asked {host}, which answered',
} as const;

type SayThis = Say<typeof messages>;

export default defineCause({
  id: 'provider-offline',
  rank: 80,
  title: 'PMS counts its metadata provider as offline',
  why: 'PMS keeps a count of the cloud providers that are online. A provider that was unreachable earlier can stay offline after the network works again.',
  judgedBy:
    "PMS may report the state of its providers, and its log holds the last number online. Likely when the metadata provider is offline and a library needs it, or when the log counts none online; confirmed when PMS also refused a scan. PMS's answer now outranks its log.",
  remedy:
    'Once PMS can reach {hosts}, restart it so that it asks its providers again: it keeps the old state until then.',
  commands: ({ restart }) => restart,
  keptSinceAsking: METADATA_HOST,
  messages,

  /** Without its provider, PMS refuses before it attempts a connection. */
  couldStop() {
    return true;
  },

  fromProbes: stateUntold,

  fromSeen(scene, say) {
    // Its list and its log date from after the refresh.
    if (scene.experiment !== null && repaired(scene.experiment).length > 0) return null;
    const logged = lastLogged(scene, {
      kind: 'providers',
      isGood: (value) => Number(value) > 0,
      describe: ({ value, at }) => say('logged', { count: Number(value), at }),
    });
    return joinLater(scene.pmsStatus && providerNow(scene.pmsStatus, say), logged);
  },

  fromExperiment(scene, say) {
    return askedAgain(scene.experiment, say) ?? answeredDuringScans(scene, say);
  },
});

/** PMS's answer to the question about its providers; null: it did not say. */
function providerNow(status: PmsStatus, say: SayThis): Judgement | null {
  const { providers, sections } = status;
  const online = isProviderOnline(status);
  if (online === null) {
    if (providers === null) return null;
    const isListed = providers.some(({ identifier }) => identifier.startsWith(METADATA_PROVIDER));
    return { state: 'unknown', because: [say(isListed ? 'listed' : 'unlisted')] };
  }
  if (online) return { state: 'ruled-out', because: [say('online')] };
  const needing = sections?.filter(({ needs }) => needs === 'provider').map(({ id }) => id) ?? null;
  if (needing?.length === 0) return { state: 'ruled-out', because: [say('offline'), say('no-agent-needs-it')] };
  return {
    state: 'likely',
    because: [say('offline'), ...(needing === null ? [] : [say('needed', { libraries: nameList(needing) })])],
    hosts: [METADATA_HOST],
  };
}

/** The scans that PMS took once it had asked its providers again. */
function repaired({ scans }: Experiment): readonly Scan[] {
  return scans.filter(({ attempt, end }) => attempt === 2 && end === 'finished');
}

/** A scan that is refused, and taken once the providers were asked again, was refused because of them. */
function askedAgain(experiment: Experiment, say: SayThis): Judgement | null {
  const taken = repaired(experiment);
  const refused = experiment.scans.filter(isRefusal);
  if (taken.length > 0) {
    return {
      state: 'confirmed',
      because: [...refused.map(describeScan), say('asked-again'), ...taken.map(describeScan)],
      hosts: [METADATA_HOST],
    };
  }
  const stillRefused = refused.filter(({ attempt }) => attempt === 2);
  return stillRefused.length > 0
    ? { state: 'unknown', because: [say('no-change'), ...stillRefused.map(describeScan)] }
    : null;
}

/** A library whose agent needs the provider was scanned, and the provider was asked with success. */
function answeredDuringScans(scene: ExperimentScene, say: SayThis): Judgement | null {
  const scans = needyScans(scene.experiment);
  const served = scans.filter(
    (scan) =>
      scan.library.needs === 'provider' &&
      scan.end === 'finished' &&
      flowsDuring(scan, scene).some((flows) => flows.some(({ host, end }) => host === METADATA_HOST && end === 'ok')),
  );
  return served.length === 0 || scans.some(isRefusal)
    ? null
    : { state: 'ruled-out', because: [...served.map(describeScan), say('answered', { host: METADATA_HOST })] };
}
