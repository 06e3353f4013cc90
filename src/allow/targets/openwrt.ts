import { familyOf } from '../../core/values/address.ts';
import type { AllowedName, AllowList, Service } from '../model.ts';
import { byService, defineTarget, split, type Drawn } from '../target.ts';
import { portsOf, purposeOf, serviceId } from '../words.ts';

export default defineTarget({
  id: 'openwrt',
  title: 'OpenWrt 22.03 or later',
  decidesBy: 'address',
  comment: '#',
  install: [
    'uci batch < FILE, then look at "uci changes", "uci commit", and restart firewall and dnsmasq. It needs dnsmasq-full, and the PMS host has to ask this router for names.',
    'The rules accept; what else the PMS host may reach is up to your other rules. The zones lan and wan may have other names in your network.',
  ],
  limits: [
    'An address is no name: every other site on an allowed address is allowed as well.',
    'dnsmasq takes the names below a name too, so they pass as well.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = split(list.names, ({ kind }) =>
    kind === 'address' ? 'an address is never resolved' : null,
  );
  const resolved = names.filter(({ isResolved }) => isResolved);
  return {
    lines: [
      ...byService(names).flatMap(({ service, names: ofService }) => [
        ...ofService.map(
          (name) => `# ${name.host}, port ${portsOf({ ...name, isResolved: false })}: ${purposeOf(name)}`,
        ),
        ...([4, 6] as const).flatMap((family) => setAndRule(family, service, ofService, list.clients)),
        '',
      ]),
      ...resolved.flatMap((name) => [
        `# ${name.host}: ${purposeOf(name)}`,
        `add_list dhcp.@dnsmasq[0].rebind_domain='${domainOf(name)}'`,
      ]),
    ],
    notIn,
  };
}

function domainOf({ host }: AllowedName): string {
  return host.replace(/^\*\./, '');
}

function setAndRule(
  family: 4 | 6,
  service: Service,
  names: readonly AllowedName[],
  clients: readonly string[],
): readonly string[] {
  const id = `plex${family}_${serviceId(service)}`;
  const own = clients.filter((client) => familyOf(client) === family);
  if (clients.length > 0 && own.length === 0) return [];
  const domains = [...new Set(names.map(domainOf))];
  return [
    `set dhcp.${id}=ipset`,
    `add_list dhcp.${id}.name='${id}'`,
    `set dhcp.${id}.table_family='inet'`,
    `set dhcp.${id}.family='ipv${family}'`,
    ...domains.map((domain) => `add_list dhcp.${id}.domain='${domain}'`),
    `set firewall.${id}=ipset`,
    `set firewall.${id}.name='${id}'`,
    `set firewall.${id}.family='ipv${family}'`,
    `set firewall.${id}.timeout='86400'`,
    `add_list firewall.${id}.match='dest_ip'`,
    `set firewall.${id}_rule=rule`,
    `set firewall.${id}_rule.name='Allow-${id.replaceAll('_', '-')}'`,
    `set firewall.${id}_rule.family='ipv${family}'`,
    `set firewall.${id}_rule.src='lan'`,
    ...own.map((client) => `add_list firewall.${id}_rule.src_ip='${client}'`),
    `set firewall.${id}_rule.dest='wan'`,
    `set firewall.${id}_rule.proto='tcp'`,
    `set firewall.${id}_rule.dest_port='${service.port}'`,
    `set firewall.${id}_rule.ipset='${id}'`,
    `set firewall.${id}_rule.target='ACCEPT'`,
  ];
}
