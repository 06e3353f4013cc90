import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Gathered } from '../../../core/model/evidence.ts';
import { missingFields, TRACE_EVENTS, type TraceEventName } from '../../../parse/trace/events.ts';
import { parsePageLayout, type EventFormat, type PageLayout } from '../../../parse/trace/format.ts';
import { systemErrorCode } from '../../system/errors.ts';
import type { Procfs } from '../../system/procfs.ts';
import { startGuard, type Guard } from './guard.ts';
import { readFormat, TraceInstance } from './instance.ts';
import { mountedTracefs, traceRefusal, type Machine } from './tracefs.ts';

/** Memory for the records between two readings: seconds of a PMS that starts thousands of children, or of a machine that connects all the time. */
const OWN_KIB = 8_192;
const ENDS_KIB = 4_096;
const EXECS_KIB = 512;

/** Events that are recorded of PMS's own threads, with their filters: `''` always, else as Documentation/trace/events.rst has it. */
const OWN_EVENTS: Events = {
  'sock/inet_sock_set_state': 'oldstate==7 && newstate==2 && protocol==6',
  'sock/sock_send_length': 'protocol==17',
  'fib/fib_table_lookup': 'proto==6 || proto==17',
  'fib6/fib6_table_lookup': 'proto==6 || proto==17',
  'task/task_newtask': '',
  'sched/sched_process_exec': '',
  'sched/sched_process_exit': '',
};
/** Events that end a connection: the kernel reports them in the context of any process, so they are recorded for all processes. */
const END_EVENTS: Events = {
  'sock/inet_sock_set_state': 'oldstate==2 && protocol==6',
  'sock/inet_sk_error_report': 'protocol==6 || protocol==17',
  'tcp/tcp_retransmit_skb': 'state==2',
};
/** Programs that PMS starts, once more: these records are waited for. */
const EXEC_EVENTS: Events = { 'sched/sched_process_exec': '' };
/** The kernel may lack these: IPv6 is off, or the kernel is older than they are. */
const OPTIONAL: ReadonlySet<TraceEventName> = new Set([
  'fib6/fib6_table_lookup',
  'sock/sock_send_length',
  'sock/inet_sk_error_report',
  'tcp/tcp_retransmit_skb',
]);

/** Three instances of tracefs, not switched on yet, and the formats needed to read them. */
export interface OpenTrace {
  readonly own: TraceInstance;
  readonly ends: TraceInstance;
  readonly execs: TraceInstance;
  readonly layout: PageLayout;
  readonly formats: ReadonlyMap<TraceEventName, EventFormat>;
  readonly guard: Guard;
}

/** Prepares the tracing; the failure's code is the step that is missing. */
export async function openTrace(procfs: Procfs, machine: Machine): Promise<Gathered<OpenTrace>> {
  const refusal = traceRefusal(machine);
  if (refusal !== null) return failed(refusal.code, refusal.message);
  const names = instanceNames(procfs);
  const guard = await startGuard(mountedTracefs(machine), names);
  if (guard.state !== 'ok') return guard;
  let opened: Gathered<Omit<OpenTrace, 'guard'>>;
  try {
    sweepInstances(guard.value.directory, procfs);
    opened = openInstances(guard.value.directory, names);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    opened = failed('TRACE_FAILED', `the kernel refused to trace (${code})`);
  }
  if (opened.state !== 'ok') await guard.value.release();
  return opened.state === 'ok' ? ok({ ...opened.value, guard: guard.value }) : opened;
}

function openInstances(
  tracing: string,
  [ownName, endsName, execsName]: InstanceNames,
): Gathered<Omit<OpenTrace, 'guard'>> {
  const layout = parsePageLayout(readFileSync(join(tracing, 'events/header_page'), 'latin1'));
  if (layout === null) return failed('TRACE_FAILED', 'the kernel describes its pages of trace in an unknown way');
  const formats = new Map<TraceEventName, EventFormat>();
  for (const name of TRACE_EVENTS) {
    const format = readFormat(tracing, name);
    const isReadable = format !== null && missingFields(name, format).length === 0;
    if (isReadable) formats.set(name, format);
    else if (!OPTIONAL.has(name)) {
      return failed('KERNEL_TOO_OLD', `the kernel does not trace ${name} as it is needed (Linux 4.18 and newer do)`);
    }
  }
  const opened: TraceInstance[] = [];
  const open = (name: string, totalKib: number, events: Events): TraceInstance => {
    const instance = new TraceInstance(tracing, name, totalKib);
    opened.push(instance);
    for (const event of formats.keys()) if (events[event] !== undefined) instance.enable(event, events[event]);
    return instance;
  };
  try {
    const [own, ends] = [open(ownName, OWN_KIB, OWN_EVENTS), open(endsName, ENDS_KIB, END_EVENTS)];
    const execs = open(execsName, EXECS_KIB, EXEC_EVENTS);
    for (const instance of [own, ends]) instance.openPages();
    for (const instance of [own, execs]) instance.followForks();
    return ok({ own, ends, execs, layout, formats });
  } catch (error) {
    // Their files keep them from being removed.
    for (const instance of opened) instance.close();
    throw error;
  }
}

type Events = Readonly<Partial<Record<TraceEventName, string>>>;

type InstanceNames = readonly [own: string, ends: string, execs: string];

const INSTANCE_NAME = /^pms-proxy-doctor-(\d+)-(\d+)-[abc]$/;

/** The start time of a process distinguishes it from a later one with the same id. */
function instanceNames(procfs: Procfs): InstanceNames {
  const pid = procfs.ownPid() ?? process.pid;
  const own = `pms-proxy-doctor-${pid}-${procfs.process(pid)?.startTicks ?? 0}`;
  return [`${own}-a`, `${own}-b`, `${own}-c`];
}

/** Removes instances of earlier runs that were killed together with their guard. */
function sweepInstances(tracing: string, procfs: Procfs): void {
  for (const name of readdirSync(join(tracing, 'instances'))) {
    const [, pid, startTicks] = INSTANCE_NAME.exec(name) ?? [];
    if (pid === undefined || String(procfs.process(Number(pid))?.startTicks) === startTicks) continue;
    try {
      rmdirSync(join(tracing, 'instances', name));
    } catch (error) {
      // Another run sweeps at the same time, or an administrator looks at it: the next run tries again.
      if (systemErrorCode(error) === null) throw error;
    }
  }
}
