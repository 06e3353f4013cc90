import { familyOf } from '../../core/values/address.ts';
import type { AllowedName, AllowList, Service } from '../model.ts';
import { otherSet, setName, TABLE } from '../nft.ts';
import { byService, connected, defineTarget, type Drawn } from '../target.ts';
import { comment } from '../words.ts';

export default defineTarget({
  id: 'nftables',
  title: 'nftables',
  decidesBy: 'address',
  comment: '#',
  install: [
    'For the router of the PMS host: save it as /etc/nftables.d/plex-allow.nft and load it with "nft -f". "nft -c -f" only checks it.',
    'Sets are empty until dnsmasq fills them: allow --target dnsmasq writes its half. Clear its cache after loading this file (SIGHUP).',
    'It refuses nothing yet: the last rule counts what is not allowed. Change "counter" into "counter reject" once the count stays as expected.',
    'On the PMS host itself: "hook output" in place of "hook forward", and "meta skuid plex" in place of the two rules with saddr.',
  ],
  limits: [
    'An address is no name: every other site on an allowed address is allowed as well. allow --collateral lists those that are known.',
    'A client that asks another name server, or keeps an address for more than a day, is refused.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = connected(list);
  const groups = byService(names);
  return {
    lines: [
      `table inet ${TABLE}`,
      `delete table inet ${TABLE}`,
      `table inet ${TABLE} {`,
      ...([4, 6] as const).flatMap((family) => clientSet(family, list.clients)),
      ...groups.flatMap(({ service, names: ofService }) =>
        ([4, 6] as const).flatMap((family) => addressSet(setName(family, service), ofService)),
      ),
      ...([4, 6] as const).flatMap((family) => addressSet(otherSet(family), [])),
      '  chain forward {',
      '    type filter hook forward priority filter; policy accept;',
      '    ip saddr @clients4 jump allowed',
      '    ip6 saddr @clients6 jump allowed',
      '  }',
      '  chain allowed {',
      '    ct state established,related accept',
      ...groups.flatMap(({ service, names: ofService }) => rules(service, ofService)),
      '    counter',
      '  }',
      '}',
    ],
    notIn,
  };
}

function clientSet(family: 4 | 6, clients: readonly string[]): readonly string[] {
  const own = clients.filter((client) => familyOf(client) === family);
  return [
    ...(clients.length === 0
      ? [`  # The IPv${family} addresses of the PMS host: --client ADDRESS writes them here.`]
      : []),
    `  set clients${family} {`,
    `    type ipv${family}_addr`,
    ...(own.length === 0 ? [] : [`    elements = { ${[...new Set(own)].join(', ')} }`]),
    '  }',
  ];
}

function addressSet(name: string, names: readonly AllowedName[]): readonly string[] {
  const family = name.startsWith('v4') ? 4 : 6;
  const hosts = names.filter(({ kind }) => kind !== 'address').map(({ host }) => host);
  return [
    ...hosts.map((host) => `  # ${comment(host)}`),
    `  set ${name} {`,
    `    type ipv${family}_addr`,
    '    flags timeout',
    '    timeout 1d',
    '  }',
  ];
}

function rules(service: Service, names: readonly AllowedName[]): readonly string[] {
  return ([4, 6] as const).flatMap((family) => {
    const ip = family === 4 ? 'ip' : 'ip6';
    const fixed = names.filter(({ host }) => familyOf(host) === family).map(({ host }) => host);
    return [
      `    ${ip} daddr @${setName(family, service)} tcp dport ${service.port} accept`,
      ...(fixed.length === 0 ? [] : [`    ${ip} daddr { ${fixed.join(', ')} } tcp dport ${service.port} accept`]),
    ];
  });
}
