import { CREDENTIALS_NAME, ETC } from '../names.ts';
import type { PlanInput, PlannedFile, PlanParts } from '../model.ts';
import { installScript, undoScript } from '../scripts.ts';
import { BRIDGE_PORT } from '../hosts-file.ts';
import { credentialsFile, hostsFragment, SOCAT_OPTIONS, socatListener, socatProxy } from './parts.ts';

/** One socat for each name, kept by OpenRC (openrc-run(8)) or started by an LSB script. */
export function initFiles(input: PlanInput, engine: 'openrc' | 'sysv'): PlanParts {
  const script = engine === 'openrc' ? openrc(input) : sysv(input);
  const enable =
    engine === 'openrc'
      ? 'rc-update add pms-bridge default'
      : 'update-rc.d pms-bridge defaults || chkconfig --add pms-bridge';
  const disable =
    engine === 'openrc'
      ? 'rc-update del pms-bridge default'
      : 'update-rc.d -f pms-bridge remove || chkconfig --del pms-bridge';
  const setup = {
    programs: ['socat'],
    units: [script.name],
    hosts: input.hosts,
    hasCredentials: input.proxy.credentials !== null,
    start: [enable, '/etc/init.d/pms-bridge restart'],
    stop: ['/etc/init.d/pms-bridge stop', disable],
    after: [],
    folder: '/etc/init.d',
    mode: '0755',
  };
  return {
    files: [hostsFragment(input.hosts), script, ...credentialsFile(input), installScript(setup), undoScript(setup)],
    checks: [],
    install: ['sudo ./install.sh'],
    undo: ['sudo ./undo.sh'],
    remarks: ['It needs socat, which listens as root and passes connections on as the user nobody.'],
  };
}

/** The two addresses of each socat. Credentials are read by each child, which then still has to be root. */
function listeners(input: PlanInput): string {
  const user = input.proxy.credentials === null ? ',su=nobody' : '';
  return input.hosts
    .map(
      ({ host, address }) =>
        `${socatListener(address)}${user} ${socatProxy(input, host, `${ETC}/${CREDENTIALS_NAME}`)}`,
    )
    .join('\n');
}

function openrc(input: PlanInput): PlannedFile {
  return { name: 'pms-bridge', mode: 0o755, text: `#!/sbin/openrc-run\n${body(input, OPENRC)}` };
}

function sysv(input: PlanInput): PlannedFile {
  const head = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          pms-bridge
# Required-Start:    $network $remote_fs
# Required-Stop:     $network $remote_fs
# X-Start-Before:    plexmediaserver
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Ways through the proxy for Plex Media Server
### END INIT INFO
`;
  return { name: 'pms-bridge', mode: 0o755, text: head + body(input, SYSV) };
}

function body(input: PlanInput, end: string): string {
  return `# Written by pms-proxy-doctor bridge plan: one listener for each name.
listeners() {
  cat <<'LIST'
${listeners(input)}
LIST
}
pids=/run/pms-bridge.pids

start_all() {
  stop_all
  : >"$pids"
  listeners | while read -r listen way; do
    setsid socat ${SOCAT_OPTIONS} "$listen" "$way" </dev/null >/dev/null 2>&1 &
    echo $! >>"$pids"
  done
  # One that cannot listen has ended by then.
  sleep 1
  while read -r pid; do
    kill -0 "$pid" 2>/dev/null && continue
    echo 'pms-bridge: a listener ended at once: another program may hold port ${BRIDGE_PORT}' >&2
    stop_all
    return 1
  done <"$pids"
}

# Each listener leads a group of its connections; their end is waited for, since the port is free only then.
stop_all() {
  [ -f "$pids" ] || return 0
  while read -r pid; do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = socat ] || continue
    kill -- "-$pid" 2>/dev/null
    tries=0
    while [ "$tries" -lt 20 ] && kill -0 "$pid" 2>/dev/null; do
      sleep 0.1
      tries=$((tries + 1))
    done
  done <"$pids"
  rm -f "$pids"
  return 0
}
${end}`;
}

const OPENRC = `
description="Ways through the proxy for Plex Media Server"

depend() {
  need net
  before plexmediaserver
}

start() {
  ebegin "Starting the ways through the proxy"
  start_all
  eend $?
}

stop() {
  ebegin "Stopping the ways through the proxy"
  stop_all
  eend $?
}
`;

const SYSV = `
case \${1:-} in
  start) start_all ;;
  stop) stop_all ;;
  restart | force-reload) start_all ;;
  status)
    [ -f "$pids" ] && kill -0 "$(head -n 1 "$pids")" 2>/dev/null && echo running && exit 0
    echo stopped
    exit 3
    ;;
  *)
    echo "usage: $0 start|stop|restart|status" >&2
    exit 2
    ;;
esac
`;
