import { PROXY } from './outside/network.ts';
import type { Finished } from './system/order.ts';
import type { StepFailed } from './system/step.ts';

/** Everything that the demo says to people, as lines for standard error. */

export const NEEDS_LINUX: readonly string[] = [
  'demo: needs Linux and its namespaces; here, run `pms-proxy-doctor check` instead.',
];

export const INTRODUCTION: readonly string[] = [
  'demo: a sealed network that only this machine sees: a stand-in for Plex Media Server, a proxy that allows named',
  `demo: hosts only (${PROXY.host}:${PROXY.port}), DNS, and a stand-in for every endpoint. Direct connections`,
  'demo: get no answer, and the proxy denies telemetry. Nothing is installed and nothing leaves this machine; less than a minute.',
];

/** `shown`: the command, as people would write it. */
export function actBegins(
  number: number,
  of: number,
  opening: readonly string[],
  shown: readonly string[],
): readonly string[] {
  return [
    '',
    ...opening.map((line, index) => `demo: ${index === 0 ? `${number}/${of}` : '   '} ${line}`),
    `demo:     $ ${['pms-proxy-doctor', ...shown].join(' ')}`,
    '',
  ];
}

export function actWentOtherwise(number: number, code: number): readonly string[] {
  const meaning = EXIT_CODE_MEANING[code] ?? 'unexpected';
  return ['', `demo: part ${number} did not go as it was meant to on this machine (exit code ${code}: ${meaning}).`];
}

export const INTERRUPTED = 'demo: interrupted; the network is gone.';
export const ENDED_EARLY = 'demo: ended before it was played to the end; everything that it started is gone.';

const EXIT_CODE_MEANING: Readonly<Record<number, string>> = {
  0: 'nothing wrong',
  1: 'something was found',
  2: 'wrong usage',
  3: 'could not decide',
  70: 'a bug',
};

/** `code`: that of the demo. */
export function conclusion(code: number, seen: Finished): readonly string[] {
  const denied = seen.denied.length > 0 ? ` and denied ${countOf(seen.denied.length, 'name')}` : '';
  return [
    '',
    ...(code === 0
      ? [
          'demo: with that one name led through the proxy, PMS scans its music; nothing was opened, and nothing is left.',
        ]
      : []),
    `demo: the proxy was asked ${countOf(seen.requests, 'time')}, served ${countOf(seen.served.length, 'name')}${denied}.`,
    ...(seen.vanished === null
      ? []
      : [`demo: ${countOf(seen.vanished, 'packet')} that tried to go around the proxy vanished without an answer.`]),
    'demo: the network is gone. Next, on the host of your server: pms-proxy-doctor check, reproduce, bridge --prove',
    'demo: why an outcome or a cause matters: pms-proxy-doctor explain scanner-bypasses-proxy',
  ];
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function stepRefused({ step, detail }: StepFailed): readonly string[] {
  return [`demo: could not be set up here: ${step}.`, `demo: ${detail}`, ...INSTEAD];
}

const INSTEAD: readonly string[] = ['demo: or skip the demo and run `pms-proxy-doctor check` on this machine.'];

/** The package of each program, by the same name on Debian, Fedora, Arch and Alpine. */
const PACKAGE_OF = { unshare: 'util-linux', mount: 'util-linux', ip: 'iproute2 (Fedora: iproute)' } as const;
export type Tool = keyof typeof PACKAGE_OF;

/** `foreign`: there, but not the one that the demo can use (BusyBox lacks options). */
export function toolMissing(tool: Tool, how: 'absent' | 'foreign'): readonly string[] {
  const what = how === 'absent' ? `there is no \`${tool}\`` : `\`${tool}\` is not the one of ${PACKAGE_OF[tool]}`;
  return [`demo: ${what} on this machine; install the package ${PACKAGE_OF[tool]}.`, ...INSTEAD];
}

/** The machine's setting for user namespaces; null: there is no such setting, or it could not be read. */
export interface NamespacePolicy {
  readonly root: boolean;
  readonly inContainer: boolean;
  readonly maxUserNamespaces: number | null;
  readonly unprivilegedUserNamespaces: number | null;
  readonly appArmorRestricts: number | null;
}

/** `step` is the first thing that was refused, `detail` the words of `unshare`. */
export function namespacesRefused(step: string, detail: string, policy: NamespacePolicy): readonly string[] {
  return [
    `demo: this machine does not allow ${step}.`,
    `demo: ${detail}`,
    ...reasonsOf(policy).map((reason) => `demo: ${reason}`),
    ...INSTEAD,
  ];
}

function reasonsOf(policy: NamespacePolicy): readonly string[] {
  const reasons: string[] = [];
  const allow = (why: string, setting: string): void => {
    reasons.push(`because ${why}; to allow it, as root: sysctl -w ${setting}`);
  };
  if (policy.maxUserNamespaces === 0) allow('user.max_user_namespaces is 0', 'user.max_user_namespaces=10000');
  if (policy.unprivilegedUserNamespaces === 0 && !policy.root) {
    allow('kernel.unprivileged_userns_clone is 0', 'kernel.unprivileged_userns_clone=1');
  }
  if (policy.appArmorRestricts === 1 && !policy.root) {
    allow(
      'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    );
  }
  if (policy.inContainer) {
    reasons.push(
      'this is a container, whose engine may forbid it; for docker and podman: --security-opt seccomp=unconfined',
      '--security-opt apparmor=unconfined --security-opt systempaths=unconfined, or --privileged',
    );
  }
  if (!policy.root) reasons.push('it may be allowed for root: sudo pms-proxy-doctor demo');
  return reasons;
}
