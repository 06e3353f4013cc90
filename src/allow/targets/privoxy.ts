import type { AllowedName, AllowList } from '../model.ts';
import { connected, defineTarget, split, type Drawn } from '../target.ts';
import { purposeOf } from '../words.ts';

export default defineTarget({
  id: 'privoxy',
  title: 'Privoxy',
  decidesBy: 'name',
  comment: '#',
  install: [
    'Save it as /etc/privoxy/plex-allow.action, and write "actionsfile plex-allow.action" into Privoxy\'s config behind the other action files.',
    'It blocks everything that is not listed, for every client. Privoxy reads it again by itself.',
  ],
  limits: [
    'A tunnel is judged by the name in its CONNECT request; the name in the TLS handshake inside may be another one.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names: all, notIn } = connected(list);
  const { names, notIn: addresses } = split(all, ({ host }) => (host.includes(':') ? 'an IPv6 address' : null));
  const taken = new Set(names.filter(({ kind }) => kind !== 'wildcard').flatMap(places));
  // A pattern with a dot in front matches the domain itself, too.
  const above = names.filter(({ kind }) => kind === 'wildcard').flatMap(placesAbove);
  const blockedAgain = above.filter((place) => !taken.has(place));
  return {
    lines: [
      '{+block{Not on the list of what Plex Media Server may reach.}}',
      '/',
      '',
      '{-block}',
      ...names.flatMap((name) => [`# ${purposeOf(name)}`, ...places(name).map((place) => `${place}/`)]),
      ...(blockedAgain.length === 0
        ? []
        : ['', '{+block{Only the names below are allowed.}}', ...blockedAgain.map((place) => `${place}/`)]),
    ],
    notIn: [...notIn, ...addresses],
  };
}

/** `plex.tv:443`; `.plex.direct:8443` for names below. */
function places({ host, kind, services }: AllowedName): readonly string[] {
  const pattern = kind === 'wildcard' ? host.slice(1) : host;
  return [...new Set(services.map(({ port }) => `${pattern}:${port}`))];
}

function placesAbove(name: AllowedName): readonly string[] {
  return places(name).map((place) => place.slice(1));
}
