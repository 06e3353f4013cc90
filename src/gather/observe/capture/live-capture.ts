import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { failed, ok, type Gathered } from '../../../core/model/evidence.ts';
import { CAPTURE_TOOLS, captureCommand, type CaptureOrder, type CaptureToolName } from './capture-plan.ts';

/** tcpdump opens its socket within tens of milliseconds; on a machine under load within a second or two. */
const START_BUDGET_MS = 4_000;
/** After SIGTERM the tool writes its counts and ends; then it is killed. */
const STOP_BUDGET_MS = 2_000;
/** tcpdump gives up root right behind its first bytes, and ends if that is not allowed (user namespaces with root alone). */
const SETTLE_MS = 80;
/** The backstop ends the tool this long after it should have been ended from here. */
const MARGIN_S = 10;
const STDERR_LIMIT = 4_096;
/** Administrators' programs are often not in the path of users. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/sbin'];

export interface CaptureWish {
  readonly networkOf: number | null;
  readonly forMs: number;
  readonly filter: string;
  readonly onBytes: (chunk: Uint8Array) => void;
  /** PATH; undefined: none. */
  readonly path: string | undefined;
}

export interface RunningCapture {
  readonly tool: CaptureToolName;
  /** Ends the tool and its helpers. The value: the packets that the tool says it lost, one sentence each. */
  stop(): Promise<readonly string[]>;
  /** Set when the tool has ended by itself. */
  readonly endedEarly: () => string | null;
}

/** Starts the first tool that can capture; the failure's code is the step that is missing. */
export async function startCapture(wish: CaptureWish): Promise<Gathered<RunningCapture>> {
  const find = (name: string): Promise<string | null> => findProgram(name, wish.path);
  const [nsenter, timeout, setpriv] = await Promise.all([find('nsenter'), find('timeout'), findSetpriv(wish.path)]);
  if (wish.networkOf !== null && nsenter === null) {
    return failed(
      'NSENTER_MISSING',
      'PMS runs in a network of its own, and nsenter (util-linux), which enters it, is not installed',
    );
  }
  let result: Gathered<RunningCapture> = failed(
    'TCPDUMP_MISSING',
    'neither tcpdump nor dumpcap is installed: no packets were read, so names, refusals and very short connections were not seen',
  );
  let first: Gathered<RunningCapture> | null = null;
  for (const tool of CAPTURE_TOOLS) {
    const path = await find(tool);
    if (path === null) continue;
    const { networkOf, filter } = wish;
    const forSeconds = Math.ceil(wish.forMs / 1000) + MARGIN_S;
    result = await run({ tool, path, networkOf, forSeconds, filter, nsenter, timeout, setpriv }, wish.onBytes);
    if (result.state === 'ok') return result;
    first ??= result;
  }
  return first ?? result;
}

/** Runs the tool until it has begun to capture, which the first bytes tell, or has ended. */
async function run(order: CaptureOrder, onBytes: CaptureWish['onBytes']): Promise<Gathered<RunningCapture>> {
  const [file = order.path, ...rest] = captureCommand(order);
  // A process group of its own: a Ctrl-C of the terminal is for us, and at the end all helpers can be reached at once.
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stderr = '';
  let ended = false;
  // Held back until the tool is seen to go on: the next one begins its stream anew.
  let held: Uint8Array[] | null = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_LIMIT)));
  const end = new Promise<void>((settle) => {
    const done = (): void => {
      ended = true;
      settle();
    };
    child.once('close', done).once('error', done);
  });
  const begun = new Promise<void>((settle) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (held === null) onBytes(chunk);
      else held.push(chunk);
      settle();
    });
  });
  await Promise.race([begun, end, later(START_BUDGET_MS)]);
  await Promise.race([end, later(SETTLE_MS)]);
  const stop = async (): Promise<readonly string[]> => {
    if (!ended) signalGroup(child, 'SIGTERM');
    await Promise.race([end, later(STOP_BUDGET_MS)]);
    if (!ended) signalGroup(child, 'SIGKILL');
    await Promise.race([end, later(STOP_BUDGET_MS)]);
    return lostPackets(stderr);
  };
  if (held.length > 0 && !ended) {
    for (const chunk of held) onBytes(chunk);
    held = null;
    return ok({ tool: order.tool, stop, endedEarly: () => (ended ? lastLine(stderr) : null) });
  }
  await stop();
  return refusal(order, stderr);
}

function refusal({ tool, networkOf }: CaptureOrder, stderr: string): Gathered<never> {
  if (/permission|not permitted/i.test(stderr)) {
    return failed(
      'NEEDS_ROOT',
      networkOf === null
        ? `${tool} may not capture as this user (run this as root, or give ${tool} CAP_NET_RAW): no packets were read`
        : 'only root may enter the network that PMS runs in: no packets were read',
    );
  }
  return failed('CAPTURE_FAILED', `${tool} did not capture: ${lastLine(stderr) ?? 'it gave no reason'}`);
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1) || null;
}

/** `12 packets dropped by kernel` of tcpdump; `Packets received/dropped on interface 'any': 10/2 (…)` of dumpcap. */
function lostPackets(stderr: string): readonly string[] {
  const lost =
    /(\d+) packets? dropped by kernel/.exec(stderr)?.[1] ??
    /received\/dropped on interface .*: \d+\/(\d+)/.exec(stderr)?.[1];
  return lost === undefined || Number(lost) === 0 ? [] : [`${lost} packets were lost because they came too fast`];
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
    child.kill(signal);
  }
}

/** A wait that does not keep the program alive. */
function later(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms).unref();
  });
}

async function findProgram(name: string, path: string | undefined): Promise<string | null> {
  const directories = [
    ...(path ?? '').split(delimiter).filter((directory) => directory.startsWith('/')),
    ...SYSTEM_DIRECTORIES,
  ];
  for (const directory of directories) {
    const file = join(directory, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return null;
}

/** setpriv of util-linux 2.33 or newer. */
async function findSetpriv(path: string | undefined): Promise<string | null> {
  const file = await findProgram('setpriv', path);
  if (file === null) return null;
  const help = await promisify(execFile)(file, ['--help'], { timeout: START_BUDGET_MS }).catch(() => null);
  return help?.stdout.includes('--pdeathsig') === true ? file : null;
}
