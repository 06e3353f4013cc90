import type { Bridge, Contact, ProofStep, ProofStepName, Stop } from '../../model/bridge.ts';
import { isOfControl, isRefusal, type Experiment } from '../../model/experiment.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Flow } from '../../model/traffic.ts';
import { furthest, meantNames, plainName, surestName } from './flows.ts';

/** Whether three scans show that a bridge is what makes PMS scan. */
export interface ProofVerdict {
  readonly state: 'proved' | 'not-proved' | 'undecided';
  readonly why: ProofReason;
}

export type ProofReason =
  | Stop
  | 'proved'
  | 'not-restored'
  | 'missing-step'
  | 'pms-restarted'
  | 'with-failed'
  | 'with-idle'
  | 'with-unknown'
  | 'after-works'
  | 'nothing-new'
  | 'after-unknown';

/** `failed`: refused, or taken without reaching a bridged host. `idle`: it asked for no bridged host, which shows nothing. */
export type LibraryEnd = 'failed' | 'scanned' | 'idle' | 'unknown';

/** How the scan of a library ended in one of the steps, as far as bridged hosts are concerned. */
export function libraryEnd(step: ProofStep, library: string): LibraryEnd {
  const scan = step.scans.findLast(({ library: { id } }) => id === library);
  if (scan === undefined) return 'unknown';
  if (isRefusal(scan)) return 'failed';
  if (scan.end !== 'finished') return 'unknown';
  const ends = [
    ...step.contacts.filter(({ route }) => route !== 'bridge').map(({ outcome }) => outcome),
    ...step.tunnels.map(({ outcome }) => outcome),
  ];
  if (ends.includes('ok')) return 'scanned';
  if (ends.some((outcome) => outcome !== null)) return 'failed';
  return step.watched === true && ends.length === 0 ? 'idle' : 'unknown';
}

/** Libraries whose scan failed in this step. The control needs nothing from outside. */
export function failedLibraries(step: ProofStep): readonly string[] {
  const needy = step.scans.filter(({ library }) => library.needs !== 'nothing').map(({ library }) => library.id);
  return [...new Set(needy)].filter((id) => libraryEnd(step, id) === 'failed');
}

const UNABLE: ReadonlySet<Stop> = new Set(['proxy-refuses'] as const);

export function judgeProof(bridge: Bridge): ProofVerdict {
  const { stopped, restored } = bridge;
  if (restored === false) return { state: 'not-proved', why: 'not-restored' };
  if (stopped !== null) return { state: UNABLE.has(stopped.why) ? 'not-proved' : 'undecided', why: stopped.why };
  const [before, during, after] = (['before', 'with', 'after'] as const).map((name) => stepOf(bridge, name));
  if (before == null || during == null || after == null) return { state: 'undecided', why: 'missing-step' };
  if (new Set([before, during, after].map(({ pid }) => pid)).size > 1)
    return { state: 'undecided', why: 'pms-restarted' };
  const libraries = failedLibraries(before);
  if (libraries.length === 0) return { state: 'undecided', why: 'not-refused' };
  const withIt = libraries.map((id) => libraryEnd(during, id));
  if (withIt.includes('failed')) return { state: 'not-proved', why: 'with-failed' };
  if (withIt.includes('unknown')) return { state: 'undecided', why: 'with-unknown' };
  if (withIt.includes('idle')) return { state: 'undecided', why: 'with-idle' };
  const without = libraries.map((id) => libraryEnd(after, id));
  if (without.includes('scanned')) return { state: 'not-proved', why: 'after-works' };
  if (without.includes('idle')) return { state: 'undecided', why: 'nothing-new' };
  if (without.includes('unknown')) return { state: 'undecided', why: 'after-unknown' };
  return { state: 'proved', why: 'proved' };
}

export function stepOf({ steps }: Bridge, name: ProofStepName): ProofStep | null {
  return steps.find((step) => step.name === name) ?? null;
}

/** Directly contacted hosts whose outcome was another one after the bridge than before it: something else has changed. */
export function otherChanges(
  bridge: Bridge,
): readonly { readonly host: string; readonly before: Outcome; readonly after: Outcome }[] {
  const [before, after] = [stepOf(bridge, 'before'), stepOf(bridge, 'after')];
  return (before?.others ?? []).flatMap(({ host, outcome }) => {
    const later = after?.others.find((other) => other.host === host)?.outcome ?? null;
    return outcome === null || later === null || later === outcome ? [] : [{ host, before: outcome, after: later }];
  });
}

interface Bridged {
  readonly host: string;
  readonly address: string;
}

/** Connections to bridged hosts, and the outcome of all others that went directly. Connections of a control are left out. */
export function contactsOf(
  flows: readonly Flow[],
  bridged: readonly Bridged[],
  experiment: Experiment,
): Pick<ProofStep, 'contacts' | 'others'> {
  const contacts = new Map<string, Contact>();
  const others = new Map<string, Outcome | null>();
  for (const flow of flows) {
    const contact = contactOf(flow, bridged);
    if (contact === null) {
      const name = surestName(meantNames(flow))?.name;
      if (flow.route === 'direct' && name !== undefined && flow.transport === 'tcp')
        others.set(plainName(name), furthest([others.get(plainName(name)) ?? null, flow.outcome]));
      continue;
    }
    if (isOfControl(experiment, flow.process, contact.host)) continue;
    const { count, ...same } = contact;
    const key = JSON.stringify(same);
    contacts.set(key, { ...same, count: count + (contacts.get(key)?.count ?? 0) });
  }
  return { contacts: [...contacts.values()], others: [...others].map(([host, outcome]) => ({ host, outcome })) };
}

/** null: not to a bridged host, or not known to be PMS's. */
function contactOf(flow: Flow, bridged: readonly Bridged[]): Contact | null {
  const { process, outcome, count, route, transport } = flow;
  if (transport !== 'tcp') return null;
  if (route === 'loopback') {
    const host = bridged.find(({ address }) => address === flow.address)?.host;
    return host === undefined ? null : { host, route: 'bridge', process, outcome, count };
  }
  const names = meantNames(flow).map(({ name }) => plainName(name));
  const host = bridged.find((each) => names.includes(each.host))?.host;
  if (host === undefined || route === 'lan') return null;
  // The bridge asks the proxy for the same names: only what is surely PMS's counts.
  if (route === 'proxy' && flow.attribution !== 'trace' && flow.attribution !== 'socket') return null;
  return { host, route, process, outcome, count };
}
