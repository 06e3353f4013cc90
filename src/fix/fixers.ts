import { allowList } from '../allow/list.ts';
import { renderTarget } from '../allow/target.ts';
import plain from '../allow/targets/plain.ts';
import squid from '../allow/targets/squid.ts';
import { CATALOGUE } from '../catalog/index.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import type { Cause, Report } from '../core/model/report.ts';
import { environmentFix, HIDDEN, isHidden, type Variable } from './environment.ts';
import { unable, type Fixed, type Fixer } from './model.ts';
import { withEntries, without } from './no-proxy.ts';

/** PMS and its children talk to themselves. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'] as const;

/** One for each cause that a file can fix, in the order of the causes. `scanner-bypasses-proxy` is fixed by a bridge. */
export const FIXERS: readonly Fixer[] = [
  { cause: 'dns-fails-locally', title: 'an exemption in the resolver', make: exemption },
  { cause: 'excluded-by-no-proxy', title: 'no_proxy without the entries that exclude Plex', make: excluded },
  { cause: 'loopback-through-proxy', title: 'no_proxy with the names of this machine', make: loopback },
  {
    cause: 'not-signed-in',
    title: 'a start after the network is up',
    make: (report) => lateNetwork(report, 'not-signed-in'),
  },
  {
    cause: 'provider-offline',
    title: 'a start after the network is up',
    make: (report) => lateNetwork(report, 'provider-offline'),
  },
  { cause: 'proxy-denies', title: 'the rules that let a scan through', make: denied },
  { cause: 'proxy-not-in-process', title: 'the proxy variables for PMS', make: variables },
];

function excluded(report: Report): Fixed {
  const { noProxy } = report.proxy;
  const entries = argsOf(causeOf(report, 'excluded-by-no-proxy'), 'entry');
  if (noProxy === null || entries.length === 0) return unable('the report does not name the entry of no_proxy');
  if ([noProxy, ...entries].some(isHidden)) return unable(HIDDEN);
  return environmentFix(
    report,
    noProxyOf(without(noProxy, entries)),
    `Without ${entries.join(', ')}, which sent Plex around the proxy.`,
  );
}

function loopback(report: Report): Fixed {
  const list = withEntries(report.proxy.noProxy ?? '', LOOPBACK);
  return environmentFix(report, noProxyOf(list), 'With the names of this machine, so that PMS reaches itself.');
}

function variables(report: Report): Fixed {
  const { proxy } = report;
  const declared = proxy.variables.find(({ name, value }) => /^https?_proxy$/i.test(name) && value !== '')?.value;
  const url = proxy.url ?? declared ?? null;
  if (url === null) return unable('no proxy is known: name it with --proxy URL');
  return environmentFix(
    report,
    [
      { name: 'http_proxy', value: url },
      { name: 'https_proxy', value: url },
      ...noProxyOf(withEntries(proxy.noProxy ?? '', LOOPBACK)),
    ],
    'In lower case: libcurl ignores HTTP_PROXY in upper case.',
  );
}

function noProxyOf(value: string): readonly Variable[] {
  return [
    { name: 'no_proxy', value },
    { name: 'NO_PROXY', value },
  ];
}

/** PMS keeps a state from its start. Where the way works by now, the network was late then. */
function lateNetwork(report: Report, id: Cause['id']): Fixed {
  const isOver = causeOf(report, id)?.because.some(({ message }) => message === 'works-now') === true;
  if (!isOver)
    return unable('nothing shows that the network was merely late when PMS started; fix what else is confirmed first');
  const unit = report.pms?.unit ?? null;
  if (unit === null || !/^[\w@.-]+\.service$/.test(unit))
    return unable('PMS does not run as a unit of systemd, so it is not known what starts it');
  const text = `# PMS asks for its state once, at its start: the network has to be up by then (systemd.special(7)).
[Unit]
Wants=network-online.target
After=network-online.target
`;
  return {
    ok: true,
    fix: {
      files: [{ name: 'zz-pms-network.conf', text }],
      install: [
        `sudo install -D -m 0644 zz-pms-network.conf /etc/systemd/system/${unit}.d/zz-pms-network.conf`,
        'sudo systemctl daemon-reload',
        `sudo systemctl restart ${unit}`,
      ],
    },
  };
}

/** The endpoints that a scan needs, or that this cause names besides. */
function endpointsFor(report: Report, cause: Cause | null): readonly Endpoint[] {
  const named = new Set(argsOf(cause, 'host'));
  return CATALOGUE.filter(({ host, need }) => need === 'scan' || named.has(host));
}

function denied(report: Report): Fixed {
  const endpoints = endpointsFor(report, causeOf(report, 'proxy-denies'));
  const basis = 'Names that a scan needs, and those that the proxy was seen to refuse.';
  const list = allowList(endpoints, { asked: 'scan', agents: [], isNamed: true, clients: [], basis });
  const drawn = [squid, plain].map((target) => renderTarget(target, list, { sni: false }).text);
  return {
    ok: true,
    fix: {
      files: [
        { name: 'plex-allow.conf', text: drawn[0] ?? '' },
        { name: 'plex-allow.txt', text: drawn[1] ?? '' },
      ],
      install: [
        'Squid, on the proxy: save plex-allow.conf as /etc/squid/plex-allow.conf,',
        'write "include /etc/squid/plex-allow.conf" above the first http_access line of squid.conf,',
        'then: squid -k parse && squid -k reconfigure',
        'Another proxy: plex-allow.txt holds the names; "pms-proxy-doctor allow --target …" writes other formats',
      ],
    },
  };
}

function exemption(report: Report): Fixed {
  const hosts = endpointsFor(report, causeOf(report, 'dns-fails-locally')).map(({ host }) => host);
  const text = `# Names that the resolver of PMS has to answer. Use the part for yours.

# Pi-hole (on the machine that runs it)
${hosts.map((host) => `pihole allow ${host}`).join('\n')}

# AdGuard Home: Filters, Custom filtering rules (these names alone, not those below them)
${hosts.map((host) => `@@|${host}^$important`).join('\n')}

# dnsmasq: beside a rule for a domain above (address=/tv/...); it answers for the names below these as well.
# First remove rules and hosts lines for one of these names itself (address=/plex.tv/...): nothing overrides them.
${hosts.map((host) => `server=/${host}/#`).join('\n')}

# Unbound: behind the zones that are refused or redirected; it answers for the names below these as well.
# First remove local-data of one of these names itself: nothing overrides it.
${hosts.map((host) => `local-zone: "${host}." transparent`).join('\n')}
`;
  return {
    ok: true,
    fix: {
      files: [{ name: 'resolver-exemption.txt', text }],
      install: ['on the resolver: the part of resolver-exemption.txt that is for it, then start it anew'],
    },
  };
}

function causeOf({ scan }: Report, id: Cause['id']): Cause | null {
  return scan.causes.find((cause) => cause.id === id) ?? null;
}

/** The values of an argument of the statements of a cause. */
function argsOf(cause: Cause | null, name: string): readonly string[] {
  const values = (cause?.because ?? []).flatMap(({ args }) => {
    const value = args[name];
    return typeof value === 'string' ? [value] : [];
  });
  return [...new Set(values)];
}
