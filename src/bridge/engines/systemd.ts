import { familyOf } from '../../core/values/address.ts';
import { BRIDGE_PORT, type BridgedHost } from '../hosts-file.ts';
import { ETC, CREDENTIALS_NAME } from '../names.ts';
import type { PlanInput, PlannedFile, PlanParts } from '../model.ts';
import { installScript, undoScript } from '../scripts.ts';
import { bracketed, credentialsFile, hostsFragment, socatProxy } from './parts.ts';

/** A socket for each name; systemd starts one small program for each connection (systemd.socket(5), Accept=). */
export function systemdFiles(input: PlanInput, engine: 'systemd-nc' | 'systemd-socat'): PlanParts {
  const units = input.hosts.flatMap((bridged) => [socketUnit(bridged, input), serviceUnit(bridged, input, engine)]);
  const sockets = input.hosts.map(({ host }) => `${unitName(host)}.socket`);
  const program = engine === 'systemd-nc' ? 'nc' : 'socat';
  const setup = {
    programs: [program],
    units: units.map(({ name }) => name),
    hosts: input.hosts,
    hasCredentials: input.proxy.credentials !== null,
    start: ['systemctl daemon-reload', `systemctl enable --now ${sockets.join(' ')}`],
    stop: [
      `systemctl disable --now ${sockets.join(' ')}`,
      `systemctl stop ${input.hosts.map(({ host }) => `'${unitName(host)}@*.service'`).join(' ')}`,
    ],
    after: ['systemctl daemon-reload'],
    folder: '/etc/systemd/system',
    mode: '0644',
  };
  return {
    files: [hostsFragment(input.hosts), ...units, ...credentialsFile(input), installScript(setup), undoScript(setup)],
    checks: [
      {
        name: 'systemd-analyze verify',
        command: ['systemd-analyze', 'verify', '--man=no', ...units.map(({ name }) => `DIR/${name}`)],
        needs: [`/usr/bin/${program}`],
        asRoot: false,
      },
    ],
    install: ['sudo ./install.sh'],
    undo: ['sudo ./undo.sh'],
    remarks: [
      engine === 'systemd-nc'
        ? 'It needs nc of OpenBSD (Debian: netcat-openbsd); other programs of that name lack -X.'
        : 'It needs socat.',
      ...(input.proxy.credentials === null
        ? []
        : ['It needs systemd 250, which hands the credentials to the program.']),
    ],
  };
}

function unitName(host: string): string {
  return `pms-bridge-${host}`;
}

function socketUnit({ host, address }: BridgedHost, { unit }: PlanInput): PlannedFile {
  return {
    name: `${unitName(host)}.socket`,
    mode: 0o644,
    text: lines(
      '[Unit]',
      `Description=Way through the proxy to ${host} (listener)`,
      ...(unit === null ? [] : [`Before=${unit}`]),
      '# Connections come in bursts.',
      'StartLimitIntervalSec=0',
      '',
      '[Socket]',
      `ListenStream=${address}:${BRIDGE_PORT}`,
      'Accept=yes',
      'MaxConnections=512',
      'TriggerLimitIntervalSec=0',
      'NoDelay=yes',
      'KeepAlive=yes',
      '',
      '[Install]',
      'WantedBy=sockets.target',
    ),
  };
}

function serviceUnit({ host }: BridgedHost, input: PlanInput, engine: 'systemd-nc' | 'systemd-socat'): PlannedFile {
  const { proxy } = input;
  const hasCredentials = proxy.credentials !== null;
  const command =
    engine === 'systemd-nc'
      ? `/usr/bin/nc -X ${ncProtocol(proxy.scheme)} -x ${bracketed(proxy.host)}:${proxy.port} ${host} ${BRIDGE_PORT}`
      : `/usr/bin/socat STDIO ${socatProxy(input, host, '%d/proxy')}`;
  // The library that resolves the proxy's name may ask a service by a socket of the file system.
  const isLiteral = familyOf(proxy.host) !== null;
  return {
    name: `${unitName(host)}@.service`,
    mode: 0o644,
    text: lines(
      '[Unit]',
      `Description=Way through the proxy to ${host} (one connection)`,
      'CollectMode=inactive-or-failed',
      '',
      '[Service]',
      `ExecStart=${command}`,
      'StandardInput=socket',
      'StandardOutput=socket',
      'StandardError=journal',
      'TimeoutStopSec=2',
      ...(hasCredentials ? [`LoadCredential=proxy:${ETC}/${CREDENTIALS_NAME}`] : []),
      ...HARDENING,
      `RestrictAddressFamilies=AF_INET AF_INET6${isLiteral ? '' : ' AF_UNIX'}`,
      ...(isLiteral ? ['IPAddressDeny=any', `IPAddressAllow=localhost ${proxy.host}`] : []),
    ),
  };
}

/** systemd.exec(5). The program copies bytes between two sockets and needs nothing else. */
const HARDENING = [
  'DynamicUser=yes',
  'CapabilityBoundingSet=',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectProc=invisible',
  'ProcSubset=pid',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'MemoryDenyWriteExecute=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  'UMask=0077',
] as const;

/** nc(1): SOCKS 4 resolves here, 5 at the proxy. */
function ncProtocol(scheme: PlanInput['proxy']['scheme']): string {
  if (scheme === 'socks4' || scheme === 'socks4a') return '4';
  return scheme === 'socks5' || scheme === 'socks5h' ? '5' : 'connect';
}

function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
