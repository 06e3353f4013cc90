import { familyOf } from '../../core/values/address.ts';
import { groupBy } from '../../core/values/group.ts';
import type { AllowedName, AllowList, Service } from '../model.ts';
import { byDomain, type Domain } from '../nft.ts';
import { byService, defineTarget, split, type Drawn } from '../target.ts';
import { portsOf, purposeOf, serviceId } from '../words.ts';

export default defineTarget({
  id: 'openwrt',
  title: 'OpenWrt 23.05 or later',
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
  const domains = byDomain(names);
  const families = ([4, 6] as const).filter(
    (family) => list.clients.length === 0 || list.clients.some((client) => familyOf(client) === family),
  );
  const services = byService(names).map(({ service }) => service);
  const bySets = groupBy(
    domains.filter(({ services: own }) => own.length > 0),
    ({ services: own }) => own.map(serviceId).join('_'),
  );
  return {
    lines: [
      ...[...bySets].flatMap(([key, group]) => filled(`plex_${key}`, group, families)),
      ...services.flatMap((service) => families.flatMap((family) => setAndRule(family, service, list.clients))),
      ...domains.flatMap(({ domain, names: own, isResolved }) =>
        isResolved ? [...own.map(remark), `add_list dhcp.@dnsmasq[0].rebind_domain='${domain}'`] : [],
      ),
    ],
    notIn,
  };
}

function remark(name: AllowedName): string {
  return `# ${name.host}, port ${portsOf(name)}: ${purposeOf(name)}`;
}

/** The init script of dnsmasq takes the family from the end of the name. */
function setId(family: 4 | 6, service: Service): string {
  return `plex_${serviceId(service)}_${family}`;
}

/** dnsmasq reads no longer lines, and ends at one: the router would answer no questions any more. */
const LONGEST_LINE = 1_000;

/** Sections that fill the sets of these domains, which all have the same services. Each becomes one line of dnsmasq. */
function filled(id: string, group: readonly Domain[], families: readonly (4 | 6)[]): readonly string[] {
  const sets = (group[0]?.services ?? []).flatMap((service) => families.map((family) => setId(family, service)));
  const around = 'nftset=/'.length + sets.map((set) => `4#inet#fw4#${set},`).join('').length;
  const sections: Domain[][] = [];
  let length = Infinity;
  for (const each of group) {
    length += each.domain.length + 1;
    if (length > LONGEST_LINE) {
      sections.push([]);
      length = around + each.domain.length + 1;
    }
    sections.at(-1)?.push(each);
  }
  return sections.flatMap((domains, index) => {
    const section = `dhcp.${id}${index === 0 ? '' : `_part${index + 1}`}`;
    return [
      ...domains.flatMap(({ names }) => names.map(remark)),
      `set ${section}=ipset`,
      ...sets.map((set) => `add_list ${section}.name='${set}'`),
      `set ${section}.table_family='inet'`,
      ...domains.map(({ domain }) => `add_list ${section}.domain='${domain}'`),
      '',
    ];
  });
}

function setAndRule(family: 4 | 6, service: Service, clients: readonly string[]): readonly string[] {
  const id = setId(family, service);
  return [
    `set firewall.${id}=ipset`,
    `set firewall.${id}.name='${id}'`,
    `set firewall.${id}.family='ipv${family}'`,
    `set firewall.${id}.timeout='86400'`,
    `add_list firewall.${id}.match='dest_ip'`,
    `set firewall.${id}_rule=rule`,
    `set firewall.${id}_rule.name='Allow-${id.replaceAll('_', '-')}'`,
    `set firewall.${id}_rule.family='ipv${family}'`,
    `set firewall.${id}_rule.src='lan'`,
    ...clients
      .filter((client) => familyOf(client) === family)
      .map((client) => `add_list firewall.${id}_rule.src_ip='${client}'`),
    `set firewall.${id}_rule.dest='wan'`,
    `set firewall.${id}_rule.proto='tcp'`,
    `set firewall.${id}_rule.dest_port='${service.port}'`,
    `set firewall.${id}_rule.ipset='${id}'`,
    `set firewall.${id}_rule.target='ACCEPT'`,
    '',
  ];
}
