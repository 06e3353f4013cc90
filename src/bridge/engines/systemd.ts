import { familyOf } from '../../core/values/address.ts';
import { BRIDGE_PORT, type BridgedHost } from '../hosts-file.ts';
import { ETC, CREDENTIALS_NAME } from '../names.ts';
import type { PlanInput, PlannedFile, PlanParts } from '../model.ts';
import { installScript, undoScript } from '../scripts.ts';
import {
  bracketed,
  credentialsFile,
  hostsFragment,
  MOST_CONNECTIONS,
  SOCAT_OPTIONS,
  socatListener,
  socatProxy,
} from './parts.ts';

/** Units for each name. Everything is kept below systemd, so that it starts before PMS and is started again when it ends. */
export function systemdFiles(input: PlanInput, engine: 'systemd-nc' | 'systemd-socat'): PlanParts {
  const { hosts, proxy } = input;
  const hasCredentials = proxy.credentials !== null;
  const units = hosts.flatMap((bridged) =>
    engine === 'systemd-nc' ? [socketUnit(bridged, input), ncUnit(bridged, input)] : [socatUnit(bridged, input)],
  );
  const started = hosts.map(({ host }) => `${unitName(host)}.${engine === 'systemd-nc' ? 'socket' : 'service'}`);
  const connections = hosts.map(({ host }) => `'${unitName(host)}@*.service'`);
  const program = engine === 'systemd-nc' ? 'nc' : 'socat';
  const setup = {
    programs: [program],
    units: units.map(({ name }) => name),
    hosts,
    hasCredentials,
    // Restarted, as a plan may be installed again with another proxy.
    start: [
      'systemctl daemon-reload',
      `systemctl enable ${started.join(' ')}`,
      `systemctl restart ${started.join(' ')}`,
    ],
    stop: [
      `systemctl disable --now ${started.join(' ')}`,
      ...(engine === 'systemd-nc' ? [`systemctl stop ${connections.join(' ')}`] : []),
    ],
    after: ['systemctl daemon-reload'],
    folder: '/etc/systemd/system',
    mode: '0644',
  };
  return {
    files: [hostsFragment(hosts), ...units, ...credentialsFile(input), installScript(setup), undoScript(setup)],
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
    remarks:
      engine === 'systemd-nc'
        ? [
            'It needs nc of OpenBSD (Debian: netcat-openbsd); other programs of that name lack -X.',
            'systemd starts a program for each connection, which takes up to a tenth of a second: many at once wait. One socat serves all (--engine systemd-socat).',
          ]
        : [`It needs socat${hasCredentials ? ', and systemd 250, which hands the credentials to it' : ''}.`],
  };
}

function unitName(host: string): string {
  return `pms-bridge-${host}`;
}

/** systemd.socket(5), Accept=: an nc for each connection, as it knows no other way. */
function socketUnit({ host, address }: BridgedHost, { unit }: PlanInput): PlannedFile {
  return {
    name: `${unitName(host)}.socket`,
    mode: 0o644,
    text: lines(
      '[Unit]',
      `Description=Way through the proxy to ${host} (listener)`,
      ...before(unit),
      '# Connections come in bursts.',
      'StartLimitIntervalSec=0',
      '',
      '[Socket]',
      `ListenStream=${address}:${BRIDGE_PORT}`,
      'Accept=yes',
      `MaxConnections=${MOST_CONNECTIONS}`,
      'TriggerLimitIntervalSec=0',
      'NoDelay=yes',
      'KeepAlive=yes',
      '',
      '[Install]',
      'WantedBy=sockets.target',
    ),
  };
}

function ncUnit({ host }: BridgedHost, { proxy }: PlanInput): PlannedFile {
  return {
    name: `${unitName(host)}@.service`,
    mode: 0o644,
    text: lines(
      '[Unit]',
      `Description=Way through the proxy to ${host} (one connection)`,
      'CollectMode=inactive-or-failed',
      '',
      '[Service]',
      `ExecStart=/usr/bin/nc -X ${ncProtocol(proxy.scheme)} -x ${bracketed(proxy.host)}:${proxy.port} ${host} ${BRIDGE_PORT}`,
      'StandardInput=socket',
      'StandardOutput=socket',
      'StandardError=journal',
      'TimeoutStopSec=2',
      'CapabilityBoundingSet=',
      ...HARDENING,
      ...reach(proxy),
    ),
  };
}

/**
 * One socat that forks for each connection. A unit for each connection would be set up anew each time, credentials included: of 200
 * connections at once two came through in half a minute.
 */
function socatUnit({ host, address }: BridgedHost, input: PlanInput): PlannedFile {
  const { proxy, unit } = input;
  return {
    name: `${unitName(host)}.service`,
    mode: 0o644,
    text: lines(
      '[Unit]',
      `Description=Way through the proxy to ${host}`,
      ...before(unit),
      'StartLimitIntervalSec=0',
      '',
      '[Service]',
      `ExecStart=/usr/bin/socat ${SOCAT_OPTIONS} ${socatListener(address)} ${socatProxy(input, host, '%d/proxy')}`,
      // Only then it has started, and PMS after it.
      `ExecStartPost=/usr/bin/socat -u /dev/null TCP:${address}:${BRIDGE_PORT},retry=50,interval=0.1`,
      'Restart=always',
      'RestartSec=1',
      'TimeoutStopSec=2',
      ...(proxy.credentials === null ? [] : [`LoadCredential=proxy:${ETC}/${CREDENTIALS_NAME}`]),
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
      'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
      ...HARDENING,
      ...reach(proxy),
      '',
      '[Install]',
      'WantedBy=multi-user.target',
    ),
  };
}

function before(unit: string | null): readonly string[] {
  return unit === null ? [] : [`Before=${unit}`];
}

/** The proxy and nothing else, where it has an address. The library that resolves its name may ask a service by a socket of the file system. */
function reach({ host }: PlanInput['proxy']): readonly string[] {
  return familyOf(host) === null
    ? ['RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX']
    : ['RestrictAddressFamilies=AF_INET AF_INET6', 'IPAddressDeny=any', `IPAddressAllow=localhost ${host}`];
}

/** systemd.exec(5). The program copies bytes between two sockets and needs nothing else. */
const HARDENING = [
  'DynamicUser=yes',
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
