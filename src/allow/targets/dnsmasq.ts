import type { AllowedName, AllowList } from '../model.ts';
import { byDomain, otherSet, setName, TABLE, type Domain } from '../nft.ts';
import { defineTarget, split, type Drawn } from '../target.ts';
import { purposeOf } from '../words.ts';

export default defineTarget({
  id: 'dnsmasq',
  title: 'dnsmasq',
  decidesBy: 'address',
  comment: '#',
  install: [
    'The other half of --target nftables: load that file first, then save this one as /etc/dnsmasq.d/plex-allow.conf.',
    'Check with "dnsmasq --test", then restart dnsmasq. It needs nftset (dnsmasq 2.87 or later, built with it), and the PMS host has to ask it.',
  ],
  limits: [
    'A line takes the names below its name too, which the format cannot help. Names of the catalogue that are not allowed go to a set that no rule looks at; others below an allowed name pass.',
    'An address is no name: every other site on an allowed address is allowed as well.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = split(list.names, ({ kind }) =>
    kind === 'address' ? 'an address is never resolved; --target nftables has it' : null,
  );
  return {
    lines: [...byDomain(names).flatMap(linesOf), ...others(names, list.known)],
    notIn,
  };
}

function linesOf({ domain, names, services, isResolved }: Domain): readonly string[] {
  const sets = services.flatMap((service) =>
    ([4, 6] as const).map((family) => `${family}#inet#${TABLE}#${setName(family, service)}`),
  );
  return [
    ...names.map((name) => `# ${name.host}: ${purposeOf(name)}`),
    ...(sets.length === 0 ? [] : [`nftset=/${domain}/${sets.join(',')}`]),
    // Its names have private addresses on purpose.
    ...(isResolved ? [`rebind-domain-ok=/${domain}/`] : []),
  ];
}

/** The longest name decides, so a known name that is not allowed can be taken out again. */
function others(names: readonly AllowedName[], known: readonly string[]): readonly string[] {
  const allowed = names.map(({ host }) => host.replace(/^\*\./, ''));
  const sets = ([4, 6] as const).map((family) => `${family}#inet#${TABLE}#${otherSet(family)}`).join(',');
  const below = [...new Set(known.map((host) => host.replace(/^\*\./, '')))].filter(
    (host) => !allowed.includes(host) && allowed.some((domain) => host.endsWith(`.${domain}`)),
  );
  return below.length === 0
    ? []
    : ['', '# Known and not allowed, below a name that is:', ...below.map((host) => `nftset=/${host}/${sets}`)];
}
