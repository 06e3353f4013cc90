import type { Endpoint } from '../core/model/endpoint.ts';
import { endpoint } from './row.ts';

/** Hosts that older versions, single plug-ins or clients call. No scan by a modern agent needs one. */

/** One audit of the hosts below plex.tv, and one allow list. */
const AUDIT = 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py';
const ALLOW_LIST = 'slyfox1186/pihole-regex domains/exact-whitelist.sql';

export const PLUG_INS: readonly Endpoint[] = [
  endpoint({
    id: 'plugins',
    host: 'plugins.plex.tv',
    purpose: 'list of plug-ins',
    need: 'optional',
    breaks: 'The list of channels that the plug-in system offered.',
    source: `Cigaras/IPTV.bundle issue 166; ${AUDIT}`,
  }),
  endpoint({
    id: 'thetvdb-api',
    host: 'api4.thetvdb.com',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    breaks: 'Details of programmes in plug-ins that ask TheTVDB.',
    source: 'ZeroQI/Hama.bundle Contents/Code/TheTVDBv4.py',
  }),
  endpoint({
    id: 'thetvdb-images',
    host: 'thetvdb.plexapp.com',
    purpose: 'legacy artwork',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    breaks: 'Posters of programmes in plug-ins that take them from TheTVDB.',
    source: 'ZeroQI/Hama.bundle Contents/Code/TheTVDBv4.py',
  }),
  endpoint({
    id: 'fanart-api',
    host: 'webservice.fanart.tv',
    scheme: 'http',
    purpose: 'legacy artwork',
    need: 'optional',
    needByAgent: { legacy: 'feature', 'legacy-music': 'feature' },
    breaks: 'Artwork of plug-ins that ask fanart.tv.',
    source: 'ZeroQI/Hama.bundle Contents/Code/FanartTV.py',
  }),
  endpoint({
    id: 'htbackdrops',
    host: 'htbackdrops.plex.tv',
    purpose: 'artist pictures',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    breaks: 'Pictures of artists from the legacy HTBackdrops agent.',
    source: `linuxserver/docker-plex issue 142; ${AUDIT}`,
  }),
  endpoint({
    id: 'lastfm',
    host: 'lastfm-z.plexapp.com',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    breaks: 'Matching of music by the legacy LastFM agent.',
    source: 'plexinc-agents/LastFM.bundle',
  }),
  endpoint({
    id: 'gracenote',
    kind: 'wildcard',
    host: '*.cddbp.net',
    probeHost: 'c4412416.ipg.web.cddbp.net',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    breaks: 'Matching of music by Gracenote, which older versions offered.',
    source: 'ChgoChad/PlexMusic.bundle Contents/Code/gracenote.py',
  }),
  endpoint({
    id: 'chapterdb',
    host: 'chapterdb.plex.tv',
    purpose: 'chapter names',
    need: 'optional',
    mark: 'listed',
    breaks: 'Names of chapters.',
    source: AUDIT,
  }),
];

export const SERVICES: readonly Endpoint[] = [
  endpoint({
    id: 'repo',
    host: 'repo.plex.tv',
    purpose: 'packages',
    need: 'optional',
    breaks: 'Updates by the package manager of the host, since PMS 1.43. PMS itself does not ask for it.',
    source: 'community-scripts/ProxmoxVE install/plex-install.sh',
  }),
  endpoint({
    id: 'scrobbles',
    host: 'scrobbles.plex.tv',
    purpose: 'watch state',
    need: 'optional',
    breaks: 'Watch state that is shared between servers of one account.',
    source: AUDIT,
  }),
];

/** Named in lists alone: who asks for them, and when, is not known. */
export const LISTED: readonly Endpoint[] = [
  ...(
    [
      ['mpm', 'mpm.plex.tv', 'older metadata', AUDIT],
      ['artifacts', 'artifacts.plex.tv', 'packages of clients', AUDIT],
      ['sonos', 'sonos.plex.tv', 'Sonos speakers', AUDIT],
      ['status', 'status.plex.tv', 'status page', ALLOW_LIST],
      ['proxy-plex-tv', 'proxy.plex.tv', 'older services', ALLOW_LIST],
      ['my-plexapp', 'my.plexapp.com', 'older sign-in', ALLOW_LIST],
      ['nine-plugins', 'nine.plugins.plexapp.com', 'older plug-ins', ALLOW_LIST],
    ] as const
  ).map(([id, host, purpose, source]) => listed({ id, host, purpose, source })),
  listed({
    id: 'node',
    host: 'node.plexapp.com',
    port: 32_400,
    scheme: 'http',
    purpose: 'older services',
    source: ALLOW_LIST,
  }),
  listed({ id: 'plex-bz', kind: 'wildcard', host: '*.plex.bz', purpose: 'older relays', source: ALLOW_LIST }),
];

type Listed = Pick<Endpoint, 'id' | 'host' | 'purpose' | 'source'> &
  Partial<Pick<Endpoint, 'kind' | 'port' | 'scheme'>>;

function listed(row: Listed): Endpoint {
  return endpoint({ ...row, need: 'optional', mark: 'listed', breaks: 'Nothing that is known.' });
}
