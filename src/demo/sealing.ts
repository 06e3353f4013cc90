import { existsSync, readFileSync } from 'node:fs';
import { runProgram } from './system/step.ts';
import { namespacesRefused, toolMissing, type NamespacePolicy, type Tool } from './story.ts';

/** How this machine lets us make namespaces, or why it does not. */
export type Sealing =
  | { readonly ok: true; readonly unshareArguments: readonly string[] }
  | { readonly ok: false; readonly because: readonly string[] };

/** In the order in which the kernel is asked, so that the first refusal can be named. */
const NAMESPACES: readonly (readonly [string, readonly string[]])[] = [
  ['a user namespace', ['--user', '--map-root-user']],
  ['a network namespace', ['--net']],
  ['a mount namespace', ['--mount']],
  // Without it, the control groups of the machine would tell PMS's stand-in apart from a service, or make it a container.
  ['a cgroup namespace', ['--cgroup']],
  ['a process namespace', ['--pid', '--fork', '--kill-child']],
  ['a /proc of its own', ['--mount-proc']],
];

/** Tries what the demo needs, without leaving anything behind. `isRoot`: real root can do without a user namespace. */
export async function findSealing(isRoot: boolean): Promise<Sealing> {
  const missing = await missingTool();
  if (missing) return { ok: false, because: missing };
  const all = NAMESPACES.flatMap(([, args]) => args);
  const withoutUser = NAMESPACES.slice(1).flatMap(([, args]) => args);
  for (const unshareArguments of isRoot ? [all, withoutUser] : [all]) {
    if ((await unshare(unshareArguments)) === null) return { ok: true, unshareArguments };
  }
  return { ok: false, because: await firstRefusal(isRoot) };
}

async function firstRefusal(isRoot: boolean): Promise<readonly string[]> {
  const asked: string[] = [];
  let step = 'all of it together';
  let detail: string | null = null;
  for (const [name, args] of NAMESPACES) {
    asked.push(...args);
    step = name;
    detail = await unshare(asked);
    if (detail !== null) break;
  }
  return namespacesRefused(
    step,
    detail ?? 'it was refused a moment ago and is allowed now; try again',
    policyHere(isRoot),
  );
}

/** null when these namespaces can be made, else the words of `unshare`. */
async function unshare(args: readonly string[]): Promise<string | null> {
  const { code, stderr } = await runProgram('unshare', [...args, '--', 'true']);
  return code === 0 ? null : stderr || `unshare ended with exit code ${code}`;
}

/** BusyBox has programs of these names that lack what is needed. */
const TOOLS: readonly (readonly [Tool, string, RegExp])[] = [
  ['unshare', '--version', /util-linux/],
  ['mount', '--version', /util-linux/],
  ['ip', '-V', /iproute2/],
];

async function missingTool(): Promise<readonly string[] | null> {
  for (const [tool, flag, genuine] of TOOLS) {
    const { code, stdout, stderr } = await runProgram(tool, [flag]);
    if (code === null) return toolMissing(tool, 'absent');
    if (!genuine.test(stdout + stderr)) return toolMissing(tool, 'foreign');
  }
  return null;
}

function policyHere(root: boolean): NamespacePolicy {
  return {
    root,
    inContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    maxUserNamespaces: setting('user/max_user_namespaces'),
    unprivilegedUserNamespaces: setting('kernel/unprivileged_userns_clone'),
    appArmorRestricts: setting('kernel/apparmor_restrict_unprivileged_userns'),
  };
}

function setting(path: string): number | null {
  try {
    return Number(readFileSync(`/proc/sys/${path}`, 'utf8'));
  } catch {
    // Settings of other distributions and kernels are not there: then they are not the reason either.
    return null;
  }
}
