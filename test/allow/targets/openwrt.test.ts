import { describe, expect, it } from 'vitest';
import openwrt from '../../../src/allow/targets/openwrt.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { assertAccepted, listOf, own, rulesOf, textOf } from '../../support/allow/lists.ts';
import { Uci } from '../../support/allow/uci.ts';

describe('the commands of uci', () => {
  const rules = rulesOf(
    openwrt,
    listOf([own('a.example'), own('*.b.example', { port: 8443 }), own('*.lan.example', { kind: 'dns' })]),
  );

  it('make a set and a rule for each port and family, and one section that fills both families', () => {
    expect(rules.filter((rule) => rule.includes('plex_443'))).toEqual([
      'set dhcp.plex_443=ipset',
      "add_list dhcp.plex_443.name='plex_443_4'",
      "add_list dhcp.plex_443.name='plex_443_6'",
      "set dhcp.plex_443.table_family='inet'",
      "add_list dhcp.plex_443.domain='a.example'",
      ...['4', '6'].flatMap((family) => [
        `set firewall.plex_443_${family}=ipset`,
        `set firewall.plex_443_${family}.name='plex_443_${family}'`,
        `set firewall.plex_443_${family}.family='ipv${family}'`,
        `set firewall.plex_443_${family}.timeout='86400'`,
        `add_list firewall.plex_443_${family}.match='dest_ip'`,
        `set firewall.plex_443_${family}_rule=rule`,
        `set firewall.plex_443_${family}_rule.name='Allow-plex-443-${family}'`,
        `set firewall.plex_443_${family}_rule.family='ipv${family}'`,
        `set firewall.plex_443_${family}_rule.src='lan'`,
        `set firewall.plex_443_${family}_rule.dest='wan'`,
        `set firewall.plex_443_${family}_rule.proto='tcp'`,
        `set firewall.plex_443_${family}_rule.dest_port='443'`,
        `set firewall.plex_443_${family}_rule.ipset='plex_443_${family}'`,
        `set firewall.plex_443_${family}_rule.target='ACCEPT'`,
      ]),
    ]);
    expect(rules).toContain("add_list dhcp.plex_8443.domain='b.example'");
    expect(rules).toContain("add_list dhcp.@dnsmasq[0].rebind_domain='lan.example'");
  });

  it('are what uci, dnsmasq and fw4 take', () => {
    assertAccepted(openwrt, (text) => new Uci(text).problems);
  });

  it('are for the families of the clients only', () => {
    const all = rulesOf(openwrt, listOf(CATALOGUE, { clients: ['192.0.2.1'] }));
    expect(all).toContain("add_list firewall.plex_443_4_rule.src_ip='192.0.2.1'");
    expect(all.filter((rule) => rule.includes('_6'))).toEqual([]);
  });

  it('fill the sets of all ports of a name, by one line of dnsmasq', () => {
    const list = listOf([own('*.a.example'), own('a.example', { port: 8443 }), own('b.example')]);
    expect(new Uci(textOf(openwrt, list)).dnsmasq()).toEqual([
      'nftset=/a.example/4#inet#fw4#plex_443_4,6#inet#fw4#plex_443_6,4#inet#fw4#plex_8443_4,6#inet#fw4#plex_8443_6',
      'nftset=/b.example/4#inet#fw4#plex_443_4,6#inet#fw4#plex_443_6',
    ]);
  });
});

it.each([
  ['a family that dnsmasq does not know', "set dhcp.a_4.family='ipv4'"],
  ['a second line for a name', "set dhcp.b=ipset\nadd_list dhcp.b.name='a_4'\nadd_list dhcp.b.domain='a.example'"],
  [
    'a line that is too long',
    Array.from({ length: 99 }, (_, at) => `add_list dhcp.a_4.domain='${at}.example'`).join('\n'),
  ],
  ['a set that nothing declares', "add_list dhcp.a_4.name='c_4'"],
  ['a quote', "add_list dhcp.a_4.domain='it's'"],
])('the reading of uci objects to %s', (_name, more) => {
  const base = [
    "set firewall.a_4=ipset\nset firewall.a_4.name='a_4'",
    "set dhcp.a_4=ipset\nadd_list dhcp.a_4.name='a_4'\nadd_list dhcp.a_4.domain='a.example'",
  ].join('\n');
  expect(new Uci(base).problems).toEqual([]);
  expect(new Uci(`${base}\n${more}`).problems).not.toEqual([]);
});
