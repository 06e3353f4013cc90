import { ETC } from '../names.ts';
import type { PlanInput, PlannedFile, PlanParts } from '../model.ts';
import { bracketed } from './parts.ts';

/** Where the second Squid takes the redirected connections, and the port that Squid demands besides. */
const PORTS = { redirected: 3_443, plain: 3_999 } as const;
/** Squid's own service name: another Squid may run here (`squid -n`). */
const SERVICE = 'pmsbridge';
const PEER = 'peer.conf';
/** For PMS's own unit. */
const DROP_IN = 'pms-bridge.conf';

/**
 * A second Squid that reads the name in the ClientHello and passes the connection on as CONNECT to it, never decrypting; nft hands it the
 * connections of PMS's unit alone. /etc/hosts stays as it is.
 */
export function squidFiles(input: PlanInput): PlanParts {
  const names = input.hosts.map(({ host }) => host);
  const files: readonly PlannedFile[] = [
    { name: 'squid.conf', text: squidConf(names), mode: 0o644 },
    // Squid has the password of its parent in its configuration: this file is the one with a secret.
    { name: PEER, text: peer(input), mode: input.proxy.credentials === null ? 0o644 : 0o600 },
    { name: 'bridge.nft', text: nftRules(input.unit ?? ''), mode: 0o644 },
    { name: 'pms-bridge-squid.service', text: squidUnit(), mode: 0o644 },
    { name: DROP_IN, text: dropIn(), mode: 0o644 },
    { name: 'install.sh', text: install(input.unit ?? ''), mode: 0o755 },
    { name: 'undo.sh', text: undo(input.unit ?? ''), mode: 0o755 },
  ];
  return {
    files,
    checks: [
      {
        name: 'nft -c',
        command: ['nft', '-c', '-f', 'DIR/bridge.nft'],
        needs: [],
        asRoot: true,
        excuse: /cgroupv2 path fails/,
      },
      {
        name: 'systemd-analyze verify',
        command: ['systemd-analyze', 'verify', '--man=no', 'DIR/pms-bridge-squid.service'],
        needs: ['/usr/sbin/squid'],
        asRoot: false,
      },
    ],
    install: ['sudo ./install.sh'],
    undo: ['sudo ./undo.sh'],
    remarks: [
      'It needs Squid built with OpenSSL (Debian: squid-openssl) that may run as the user proxy, nft and openssl. install.sh has squid -k parse look at the configuration.',
      `A drop-in of the unit of PMS (${DROP_IN}) loads the rule before PMS starts.`,
      'The certificate that install.sh makes is demanded by Squid and shown to no program: nothing is decrypted.',
      'Every direct connection of PMS to port 443 reaches this Squid; names that are not listed are ended there.',
    ],
  };
}

function squidConf(names: readonly string[]): string {
  return `# Written by pms-proxy-doctor bridge plan.
visible_hostname pms-bridge
http_port 127.0.0.1:${PORTS.plain}
https_port 127.0.0.1:${PORTS.redirected} intercept ssl-bump tls-cert=${ETC}/unused.pem generate-host-certificates=off
acl hello at_step SslBump1
acl bridged ssl::server_name ${names.join(' ')}
ssl_bump peek hello
ssl_bump splice bridged
ssl_bump terminate all
include ${ETC}/${PEER}
never_direct allow all
http_access allow localhost
http_access allow all
host_verify_strict off
cache deny all
access_log stdio:/var/log/pms-bridge/access.log
cache_log /var/log/pms-bridge/cache.log
pid_filename /run/pms-bridge/squid.pid
coredump_dir /run/pms-bridge
shutdown_lifetime 1 seconds
`;
}

function peer({ proxy }: PlanInput): string {
  const tls = proxy.scheme === 'https' ? ' tls' : '';
  // Squid decodes per cent signs in login= (cache_peer).
  const login = proxy.credentials === null ? '' : ` login=${encoded(proxy.credentials)}`;
  return `cache_peer ${bracketed(proxy.host)} parent ${proxy.port} 0 no-query default${tls}${login}\n`;
}

function encoded(credentials: string): string {
  const [user = '', ...password] = credentials.split(':');
  return `${encodeURIComponent(user)}:${encodeURIComponent(password.join(':'))}`;
}

function nftRules(unit: string): string {
  return `# Written by pms-proxy-doctor bridge plan: connections of the unit of PMS to port 443, and no others.
table inet pms_bridge
delete table inet pms_bridge
table inet pms_bridge {
  chain out {
    type nat hook output priority -100;
    ip daddr { 127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 } return
    ip6 daddr { ::1, fc00::/7, fe80::/10 } return
    tcp dport 443 socket cgroupv2 level 2 "system.slice/${unit}" counter redirect to :${PORTS.redirected}
  }
}
`;
}

/** It has started only when it listens: a connection that is redirected before would be refused. */
function squidUnit(): string {
  const port = PORTS.redirected.toString(16).toUpperCase().padStart(4, '0');
  return `[Unit]
Description=Way through the proxy for Plex Media Server (Squid)
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=proxy
RuntimeDirectory=pms-bridge
LogsDirectory=pms-bridge
ExecStart=/usr/sbin/squid -N -n ${SERVICE} -f ${ETC}/squid.conf
# Its port, in the table of sockets that listen.
ExecStartPost=/bin/sh -c 'until grep -q ":${port} 00000000:0000 0A " /proc/net/tcp; do sleep 0.1; done'
TimeoutStartSec=30
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
LockPersonality=yes
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;
}

/**
 * A part of PMS's own unit. The kernel resolves the group when the rule is loaded: before PMS's first program, and after systemd has made the
 * group. PMS starts without the rule too.
 */
function dropIn(): string {
  return `# Written by pms-proxy-doctor bridge plan.
[Unit]
Wants=pms-bridge-squid.service
After=pms-bridge-squid.service

[Service]
ExecStartPre=-+/usr/sbin/nft -f ${ETC}/bridge.nft
ExecStopPost=-+/usr/sbin/nft delete table inet pms_bridge
`;
}

function install(unit: string): string {
  return `#!/bin/sh
# Written by pms-proxy-doctor bridge plan. Read README.md first. It can be run any number of times.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo 'pms-bridge: run this as root (sudo)' >&2; exit 1; }
for program in squid nft openssl; do
  command -v "$program" >/dev/null || { echo "pms-bridge: $program is not installed" >&2; exit 1; }
done
install -d -m 0755 ${ETC}
install -m 0644 "$here/squid.conf" "$here/bridge.nft" ${ETC}/
install -o root -g proxy -m 0640 "$here/${PEER}" ${ETC}/
[ -f ${ETC}/unused.pem ] || {
  said=$(openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=pms-bridge unused' -keyout ${ETC}/unused.key -out ${ETC}/unused.crt 2>&1) || {
    echo "pms-bridge: openssl made no certificate: $said" >&2
    exit 1
  }
  cat ${ETC}/unused.crt ${ETC}/unused.key >${ETC}/unused.pem
  rm ${ETC}/unused.crt ${ETC}/unused.key
  chown root:proxy ${ETC}/unused.pem
  chmod 0640 ${ETC}/unused.pem
}
squid -k parse -n ${SERVICE} -f ${ETC}/squid.conf 2>&1 | grep -E 'FATAL|ERROR' && exit 1
install -m 0644 "$here/pms-bridge-squid.service" /etc/systemd/system/
install -D -m 0644 "$here/${DROP_IN}" /etc/systemd/system/${unit}.d/${DROP_IN}
systemctl daemon-reload
systemctl enable pms-bridge-squid.service
systemctl restart pms-bridge-squid.service
# A PMS that runs is led there now; later the rule is loaded before it starts.
if systemctl is-active --quiet ${unit}; then nft -f ${ETC}/bridge.nft; fi
echo 'pms-bridge: installed; undo.sh takes it away. Then check: sudo pms-proxy-doctor reproduce' >&2
`;
}

function undo(unit: string): string {
  return `#!/bin/sh
# Written by pms-proxy-doctor bridge plan. It can be run any number of times.
set -eu
[ "$(id -u)" = 0 ] || { echo 'pms-bridge: run this as root (sudo)' >&2; exit 1; }
nft delete table inet pms_bridge 2>/dev/null || true
systemctl disable --now pms-bridge-squid.service 2>/dev/null || true
rm -f /etc/systemd/system/pms-bridge-squid.service /etc/systemd/system/${unit}.d/${DROP_IN}
rmdir /etc/systemd/system/${unit}.d 2>/dev/null || true
rm -rf ${ETC} /var/log/pms-bridge
systemctl daemon-reload
echo 'pms-bridge: removed' >&2
`;
}
