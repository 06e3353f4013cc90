import { describe, expect, it } from 'vitest';
import openwrt from '../../../src/allow/targets/openwrt.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { listOf, own, rulesOf } from '../../support/allow/lists.ts';

describe('the commands of uci', () => {
  const rules = rulesOf(
    openwrt,
    listOf([own('a.example'), own('*.b.example', { port: 8443 }), own('*.lan.example', { kind: 'dns' })]),
  );

  it('make a set and a rule for each port and family', () => {
    expect(rules.filter((rule) => rule.includes('plex4_443'))).toEqual([
      'set dhcp.plex4_443=ipset',
      "add_list dhcp.plex4_443.name='plex4_443'",
      "set dhcp.plex4_443.table_family='inet'",
      "set dhcp.plex4_443.family='ipv4'",
      "add_list dhcp.plex4_443.domain='a.example'",
      'set firewall.plex4_443=ipset',
      "set firewall.plex4_443.name='plex4_443'",
      "set firewall.plex4_443.family='ipv4'",
      "set firewall.plex4_443.timeout='86400'",
      "add_list firewall.plex4_443.match='dest_ip'",
      'set firewall.plex4_443_rule=rule',
      "set firewall.plex4_443_rule.name='Allow-plex4-443'",
      "set firewall.plex4_443_rule.family='ipv4'",
      "set firewall.plex4_443_rule.src='lan'",
      "set firewall.plex4_443_rule.dest='wan'",
      "set firewall.plex4_443_rule.proto='tcp'",
      "set firewall.plex4_443_rule.dest_port='443'",
      "set firewall.plex4_443_rule.ipset='plex4_443'",
      "set firewall.plex4_443_rule.target='ACCEPT'",
    ]);
    expect(rules).toContain("add_list dhcp.plex6_8443.domain='b.example'");
    expect(rules).toContain("add_list dhcp.@dnsmasq[0].rebind_domain='lan.example'");
  });

  it('are commands with one argument of the shape that uci takes', () => {
    const all = rulesOf(openwrt, listOf(CATALOGUE, { asked: 'all', clients: ['192.0.2.1'] }));
    expect(all.filter((rule) => !/^(?:set|add_list) [a-z]+\.[\w@[\]]+(?:\.\w+)?=(?:\w+|'[^']*')$/.test(rule))).toEqual(
      [],
    );
  });

  it('are for the families of the clients only', () => {
    const all = rulesOf(openwrt, listOf(CATALOGUE, { clients: ['192.0.2.1'] }));
    expect(all).toContain("add_list firewall.plex4_443_rule.src_ip='192.0.2.1'");
    expect(all.filter((rule) => rule.includes('plex6'))).toEqual([]);
  });
});
