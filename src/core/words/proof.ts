import { judgeProof, otherChanges, stepOf, type ProofReason } from '../judge/traffic/proof.ts';
import type { Bridge } from '../model/bridge.ts';
import type { Statement } from '../model/statement.ts';
import { makeStatement, sayFrom, type AnyArgs } from './message.ts';

/** The words for a proof. */
const PROOF_MESSAGES = {
  proved: 'PMS failed to scan without the bridge, scanned with it, and failed again without it',
  'not-restored':
    'not everything could be taken back: look at /etc/hosts of PMS (mount point) and run "umount -l /etc/hosts" there',
  'missing-step': 'not all three scans took place',
  'not-asked': 'PMS was not asked to scan: {why}',
  'pms-restarted': 'PMS was started anew between the scans, which may have changed more than the bridge did',
  'with-failed': 'PMS failed to scan with the bridge, too',
  'with-idle': 'PMS scanned with the bridge and asked for none of these hosts meanwhile, which shows nothing',
  'with-unknown': 'the scan with the bridge did not come to an end that shows anything',
  'after-works': 'PMS also scanned after the bridge was away: something else has changed meanwhile',
  'nothing-new':
    'PMS scanned with the bridge; the scan after it had nothing new to ask for, so it shows nothing. Add new content and run this again',
  'after-unknown': 'the scan after the bridge did not come to an end that shows anything',
  'no-bypass':
    'the scan showed no connection of PMS around the proxy to a host that a scan needs, so there is nothing to bridge (--for names hosts)',
  'not-refused': 'PMS scanned, so there is nothing to cure',
  'proxy-refuses': 'the proxy itself does not let {host} through ({answer}); a bridge cannot change that',
  'hosts-line': '/etc/hosts gives {host} the address {address} (line {line}): remove that line, or leave the name out',
  'no-hosts-file': 'there is no readable /etc/hosts where PMS runs, over which lines could be bound',
  'no-files-service': '/etc/nsswitch.conf where PMS runs has no "files" for hosts, so that /etc/hosts is not read',
  'port-taken':
    'another program holds port 443 of {address}; a bridge by names needs it ("bridge plan --engine squid-peek" does not)',
  'mount-refused': '/etc/hosts could not be bound over[: {detail}]',
  'bridge-failed': 'the bridge could not be started[: {detail}]',
  'pms-gone': 'PMS ended meanwhile',
  interrupted: 'interrupted; everything was taken back',
  'asked-by-name': 'the proxy was asked for {host} by name {count:once|# times} and let it through',
  'asked-in-vain': 'the proxy was asked for {host} by name {count:once|# times} and refused it: {answer}',
  'shared-hosts': 'for the time of one scan the lines held for every program of this machine',
  'files-later':
    'the C library here asks other services before /etc/hosts; PMS has a C library of its own (musl), which does not',
  swept: 'an earlier run that was killed had left a mount over /etc/hosts, which was removed first',
  cache: 'programs of PMS that were running may remember the address of the bridge for a minute',
  waited:
    'the scan did not reach the bridge, as where PMS remembers an address: it was repeated after {seconds} s, which is longer than libcurl remembers',
  'other-changed': '{host}: {before} before, {after} after the bridge',
  'log-not-read': "the proxy's log was not read (--access-log FILE)",
  'in-log': "the proxy's log shows {count:one request|# requests} by name meanwhile",
} as const;

const say = sayFrom(PROOF_MESSAGES);

export interface ToldProof {
  readonly state: 'proved' | 'not-proved' | 'undecided';
  readonly because: readonly Statement[];
  readonly notes: readonly Statement[];
}

/** `notAsked`: why PMS was not asked to scan; null: it was, or the bridge itself says why not. */
export function describeProof(bridge: Bridge, notAsked: string | null = null): ToldProof {
  const { state, why } = judgeProof(bridge);
  return {
    state,
    because: [
      why === 'missing-step' && notAsked !== null ? say('not-asked', { why: notAsked }) : reason(why, bridge),
      ...passages(bridge),
    ],
    notes: [
      ...bridge.remarks.map(({ message, args }) => fromRecord(message, args)),
      ...otherChanges(bridge).map((change) => say('other-changed', change)),
      ...(stepOf(bridge, 'with')?.logged === null ? [say('log-not-read')] : []),
    ],
  };
}

function reason(why: ProofReason, { stopped, detail }: Bridge): Statement {
  return fromRecord(why, { ...stopped?.args, ...(detail === null ? {} : { detail }) });
}

/** A message of the list with arguments that were kept as data. */
function fromRecord(message: string, args: AnyArgs): Statement {
  const template = Object.entries(PROOF_MESSAGES).find(([id]) => id === message)?.[1] ?? message;
  return makeStatement(message, template, { detail: null, ...args });
}

/** The questions of the bridge to the proxy during the second scan. */
function passages(bridge: Bridge): readonly Statement[] {
  const during = stepOf(bridge, 'with');
  if (during === null) return [];
  const told = bridge.hosts.flatMap(({ host }) => {
    const own = during.tunnels.filter((tunnel) => tunnel.host === host);
    const passed = own.filter(({ outcome }) => outcome === 'ok');
    const failed = own.filter(({ outcome }) => outcome !== 'ok');
    const [first] = failed;
    return [
      ...(passed.length === 0 ? [] : [say('asked-by-name', { host, count: passed.length })]),
      ...(first === undefined ? [] : [say('asked-in-vain', { host, count: failed.length, answer: answerOf(first) })]),
    ];
  });
  return during.logged === null ? told : [...told, say('in-log', { count: during.logged })];
}

/** The answer of a proxy in short. */
export function answerOf({ status, code, outcome }: Bridge['asked'][number]): string {
  return String(status ?? code ?? outcome);
}
