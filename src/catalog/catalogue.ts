import type { Endpoint } from '../core/model/endpoint.ts';
import { LISTED, PLUG_INS, SERVICES } from './further.ts';
import { endpoint } from './row.ts';

/** Path that answers with the caller's public address as plain text; on v4.plex.tv and v6.plex.tv one family each. */
export const PUBLIC_ADDRESS_PATH = '/pms/:/ip';

const ACCOUNT: readonly Endpoint[] = [
  endpoint({
    id: 'plex-tv',
    host: 'plex.tv',
    purpose: 'sign-in',
    need: 'scan',
    needByAgent: { none: 'optional' },
    breaks:
      'Sign-in, claiming, the list of providers, codec and update indexes; a server that is not signed in refuses some scans.',
    source: 'https://developer.plex.tv/pms/; plexinc/pms-docker; linuxserver/docker-plex issue 420',
    // Without a token it answers 401 at once: light, and nothing changes.
    path: '/api/v2/ping',
  }),
  endpoint({
    id: 'pubsub',
    host: 'pubsub.plex.tv',
    purpose: 'event stream',
    need: 'optional',
    breaks: 'Events from plex.tv arrive late or not at all: new shares, remote commands.',
    source: 'kestl/soap4plex issue 16; croneter/PlexKodiConnect',
  }),
  endpoint({
    id: 'v4-plex-tv',
    host: 'v4.plex.tv',
    purpose: 'public IPv4',
    need: 'optional',
    breaks: 'The server does not learn its public IPv4 address; behind a proxy it learns the address of the proxy.',
    source: 'blackmatrix7/ios_rule_script issue 1237',
    path: PUBLIC_ADDRESS_PATH,
  }),
  endpoint({
    id: 'v6-plex-tv',
    host: 'v6.plex.tv',
    purpose: 'public IPv6',
    need: 'optional',
    breaks: 'The server does not learn its public IPv6 address; behind a proxy it learns the address of the proxy.',
    source: 'blackmatrix7/ios_rule_script issue 1237',
    path: PUBLIC_ADDRESS_PATH,
  }),
];

const PROVIDERS: readonly Endpoint[] = [
  endpoint({
    id: 'metadata-provider',
    host: 'metadata.provider.plex.tv',
    purpose: 'matching',
    need: 'scan',
    needByAgent: { legacy: 'optional', 'legacy-music': 'optional', 'live-tv': 'feature', none: 'optional' },
    breaks:
      'Matching and details in libraries with the Plex Movie, Plex TV Series or Plex Music agent: new items stay unmatched.',
    source: 'linuxserver/docker-plex issue 420; Taxel/PlexTraktSync issue 1048',
  }),
  endpoint({
    id: 'discover-provider',
    host: 'discover.provider.plex.tv',
    purpose: 'Discover',
    need: 'optional',
    breaks: 'Discover, watchlists and universal search.',
    source:
      'nylonee/watchlistarr src/main/scala/plex/PlexUtils.scala; InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'vod-provider',
    host: 'vod.provider.plex.tv',
    purpose: 'free films',
    need: 'optional',
    breaks: 'Free films and programmes on Plex.',
    source:
      'pushingkarmaorg/python-plexapi plexapi/myplex.py; https://docs.rs/crate/plex-api/latest/source/tests/mocks/myplex/media/providers.json',
  }),
  endpoint({
    id: 'epg-provider',
    host: 'epg.provider.plex.tv',
    purpose: 'TV guide',
    need: 'feature',
    needByAgent: { 'live-tv': 'scan' },
    breaks: 'The programme guide of Live TV & DVR, and with it scheduled recordings.',
    source: 'https://docs.rs/crate/plex-api/latest/source/tests/mocks/myplex/media/providers.json',
  }),
  endpoint({
    id: 'music-provider',
    host: 'music.provider.plex.tv',
    purpose: 'music hub',
    need: 'optional',
    breaks: 'The online music hub; matching of your own music does not use it.',
    source:
      'pushingkarmaorg/python-plexapi plexapi/myplex.py; https://docs.rs/crate/plex-api/latest/source/tests/mocks/myplex/media/providers.json',
  }),
  endpoint({
    id: 'play-provider',
    host: 'play.provider.plex.tv',
    purpose: 'free films',
    need: 'optional',
    breaks: 'Playback of free films and programmes on Plex.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
];

const DOWNLOADS: readonly Endpoint[] = [
  endpoint({
    id: 'downloads',
    host: 'downloads.plex.tv',
    purpose: 'codecs · updates',
    need: 'feature',
    breaks: 'Transcoding with a codec or an EasyAudioEncoder that is not on the disk yet; update packages.',
    source: 'pabloromeo/clusterplex issue 125; pabloromeo/clusterplex issue 317',
  }),
];

const ARTWORK: readonly Endpoint[] = [
  endpoint({
    id: 'metadata-static',
    host: 'metadata-static.plex.tv',
    purpose: 'artwork',
    need: 'feature',
    breaks: 'Posters, backgrounds and pictures of people.',
    source: 'LukeHagar/plex-api-spec; InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'provider-static',
    host: 'provider-static.plex.tv',
    purpose: 'artwork',
    need: 'optional',
    breaks: 'Icons of the online providers.',
    source: 'https://docs.rs/crate/plex-api/latest/source/tests/mocks/myplex/media/providers.json',
  }),
  endpoint({
    id: 'images',
    host: 'images.plex.tv',
    purpose: 'artwork',
    need: 'feature',
    breaks: 'Pictures that are resized online before they are shown.',
    source: 'LukeHagar/plex-api-spec; InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'static',
    host: 'static.plex.tv',
    purpose: 'artwork',
    need: 'optional',
    breaks: 'Icons and other fixed pictures.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'assets',
    host: 'assets.plex.tv',
    purpose: 'artwork',
    need: 'optional',
    breaks: 'Icons and other fixed pictures.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
];

const CLIENTS: readonly Endpoint[] = [
  endpoint({
    id: 'clients',
    host: 'clients.plex.tv',
    purpose: 'client resources',
    need: 'optional',
    breaks: 'Client resources; apps ask for them more than the server does.',
    source: 'bpking1/embyExternalUrl issue 59',
  }),
  endpoint({
    id: 'app',
    host: 'app.plex.tv',
    purpose: 'web app',
    need: 'optional',
    breaks: 'The hosted web app and signing in or claiming in a browser. It matters to browsers, not to the server.',
    source: 'https://blog.lolnope.us/plex-https-and-headaches/',
  }),
  endpoint({
    id: 'www',
    host: 'www.plex.tv',
    purpose: 'web site',
    need: 'optional',
    breaks: 'The web site, and plex.tv/claim in a browser.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'community',
    host: 'community.plex.tv',
    purpose: 'client features',
    need: 'optional',
    breaks: 'Friends, activity and reviews.',
    source: 'nylonee/watchlistarr',
  }),
  endpoint({
    id: 'together',
    host: 'together.plex.tv',
    purpose: 'watch together',
    need: 'optional',
    breaks: 'Watch Together.',
    source: 'pushingkarmaorg/python-plexapi issue 502',
  }),
  endpoint({
    id: 'watch',
    host: 'watch.plex.tv',
    purpose: 'client features',
    need: 'optional',
    breaks: 'Public pages of films and programmes.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'features',
    host: 'features.plex.tv',
    purpose: 'client features',
    need: 'optional',
    mark: 'inferred',
    breaks: 'Switches of client features.',
    source: 'https://features.plex.tv',
  }),
];

const LEGACY_AGENTS: readonly Endpoint[] = [
  endpoint({
    id: 'resources-cdn',
    host: 'resources-cdn.plexapp.com',
    scheme: 'http',
    purpose: 'plug-ins',
    need: 'optional',
    needByAgent: { legacy: 'scan', 'legacy-music': 'scan' },
    breaks:
      'Legacy agents and other plug-ins: the plug-in system fetches a list here when it starts, and remembers a failure for about an hour.',
    source: 'ZeroQI/Hama.bundle issue 519; djdembeck/Audnexus.bundle issue 47',
    path: '/hashes.json',
  }),
  endpoint({
    id: 'meta-plex-tv',
    host: 'meta.plex.tv',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'scan', 'legacy-music': 'scan' },
    breaks: 'Matching in libraries with a legacy agent.',
    source: 'Unicorn-K8s/UnicornTrancoder-chart issue 2',
  }),
  endpoint({
    id: 'meta-plex-tv-http',
    host: 'meta.plex.tv',
    scheme: 'http',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'feature', 'legacy-music': 'feature' },
    breaks: 'Artist pictures and matching of older legacy agents, which call it without TLS.',
    source: 'Unicorn-K8s/UnicornTrancoder-chart issue 2',
  }),
  endpoint({
    id: 'tvdb2-plex-tv',
    host: 'tvdb2.plex.tv',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'scan' },
    breaks: 'Matching of programmes by the legacy TheTVDB agent.',
    source: 'spritsail/plex-media-server issue 17',
  }),
  endpoint({
    id: 'tvthemes',
    host: 'tvthemes.plexapp.com',
    scheme: 'http',
    purpose: 'theme music',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    breaks: 'Theme music of programmes in libraries with a legacy agent.',
    source: 'Hellowlol/bw_plex issue 18',
  }),
];

const MUSIC: readonly Endpoint[] = [
  endpoint({
    id: 'lyricfind',
    host: 'lyricfind.plex.tv',
    purpose: 'lyrics',
    need: 'feature',
    breaks: 'Lyrics.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'acoustid',
    host: 'acoustid.plex.tv',
    purpose: 'fingerprints',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    breaks: 'Recognising music by its sound in libraries with a legacy agent.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'mbz',
    host: 'mbz.plex.tv',
    purpose: 'MusicBrainz mirror',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    mark: 'inferred',
    breaks: 'MusicBrainz look-ups of legacy music agents.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
  endpoint({
    id: 'songkick',
    host: 'songkick.plex.tv',
    purpose: 'concerts',
    need: 'optional',
    mark: 'inferred',
    breaks: 'Concert dates of artists.',
    source: 'InfinityPacer/MoviePilot-Plugins plugins/plexspeedtest/__init__.py',
  }),
];

const THIRD_PARTIES: readonly Endpoint[] = [
  endpoint({
    id: 'tmdb-images',
    host: 'image.tmdb.org',
    purpose: 'artwork',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    breaks: 'Pictures that come from TMDB.',
    source: 'ZeroQI/Hama.bundle',
  }),
  endpoint({
    id: 'tmdb-api',
    host: 'api.themoviedb.org',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    mark: 'inferred',
    breaks: 'The legacy TMDB agent.',
    source: 'ZeroQI/Hama.bundle',
  }),
  endpoint({
    id: 'thetvdb',
    host: 'thetvdb.com',
    purpose: 'legacy matching',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    mark: 'inferred',
    breaks: 'Pictures and details of the legacy TheTVDB agent.',
    source: 'ZeroQI/Hama.bundle',
  }),
  endpoint({
    id: 'fanart',
    host: 'fanart.tv',
    purpose: 'artwork',
    need: 'optional',
    mark: 'inferred',
    breaks: 'Pictures that come from fanart.tv.',
    source: 'ZeroQI/Hama.bundle',
  }),
  endpoint({
    id: 'musicbrainz',
    host: 'musicbrainz.org',
    purpose: 'music matching',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    mark: 'inferred',
    breaks: 'MusicBrainz look-ups of legacy music agents and plug-ins.',
    source: 'linuxserver/docker-plex issue 420',
  }),
  endpoint({
    id: 'coverartarchive',
    host: 'coverartarchive.org',
    purpose: 'artwork',
    need: 'optional',
    needByAgent: { 'legacy-music': 'feature' },
    mark: 'inferred',
    breaks: 'Album covers that come from the Cover Art Archive.',
    source: 'linuxserver/docker-plex issue 420',
  }),
  endpoint({
    id: 'opensubtitles',
    host: 'plexapp.api.opensubtitles.org',
    scheme: 'http',
    purpose: 'subtitles',
    need: 'optional',
    needByAgent: { legacy: 'feature' },
    breaks: 'Subtitles from the legacy OpenSubtitles agent.',
    source: 'plexinc-agents/OpenSubtitles.bundle',
  }),
];

const CERTIFICATES: readonly Endpoint[] = [
  endpoint({
    id: 'lencr-ocsp',
    kind: 'wildcard',
    host: '*.o.lencr.org',
    // One responder a Let's Encrypt intermediate (r3, r10, r11, e5 …); r10 signed RSA certificates when the service ended.
    probeHost: 'r10.o.lencr.org',
    scheme: 'http',
    purpose: 'OCSP',
    need: 'optional',
    breaks:
      "Nothing since August 2025, when Let's Encrypt ended its OCSP service; older servers asked it about their plex.direct certificate.",
    source: 'https://letsencrypt.org/2025/08/06/ocsp-service-has-reached-end-of-life.html',
  }),
  endpoint({
    id: 'plex-direct',
    kind: 'dns',
    host: '*.plex.direct',
    port: 53,
    scheme: 'http',
    purpose: 'local secure connections',
    need: 'feature',
    mark: 'official',
    breaks:
      'Secure connections of apps in the local network: a resolver with rebinding protection drops the private addresses.',
    source: 'https://support.plex.tv/hc/en-us/articles/206225077-How-to-Use-Secure-Server-Connections',
  }),
];

const REMOTE_ACCESS: readonly Endpoint[] = [
  endpoint({
    id: 'relay',
    kind: 'wildcard',
    host: '*.plex.direct',
    port: 8443,
    purpose: 'relay',
    need: 'optional',
    breaks: 'Plex Relay, the slow way in for apps that cannot reach the server directly.',
    source: 'home-assistant/core issue 38247',
  }),
  endpoint({
    id: 'lan-gateway-upnp',
    kind: 'udp',
    host: 'lan-gateway',
    port: 1900,
    scheme: 'http',
    purpose: 'UPnP',
    need: 'optional',
    mark: 'official',
    breaks: 'Automatic port mapping for remote access. Stays in the local network.',
    source: 'https://support.plex.tv/hc/en-us/articles/200484543-Enabling-Remote-Access-for-a-Server',
  }),
  endpoint({
    id: 'lan-gateway-nat-pmp',
    kind: 'udp',
    host: 'lan-gateway',
    port: 5351,
    scheme: 'http',
    purpose: 'NAT-PMP',
    need: 'optional',
    mark: 'official',
    breaks: 'Automatic port mapping for remote access. Stays in the local network.',
    source: 'https://support.plex.tv/hc/en-us/articles/200484543-Enabling-Remote-Access-for-a-Server',
  }),
];

const TELEMETRY: readonly Endpoint[] = [
  endpoint({
    id: 'metrics',
    host: 'metrics.plex.tv',
    purpose: 'telemetry',
    need: 'optional',
    telemetry: true,
    breaks: 'Nothing: usage figures are not sent.',
    source: 'plexinc/plex-media-player issue 620',
  }),
  endpoint({
    id: 'metric',
    host: 'metric.plex.tv',
    purpose: 'telemetry',
    need: 'optional',
    telemetry: true,
    breaks: 'Nothing: usage figures are not sent.',
    source: 'hagezi/dns-blocklists issue 8163',
  }),
  endpoint({
    id: 'analytics',
    host: 'analytics.plex.tv',
    purpose: 'telemetry',
    need: 'optional',
    telemetry: true,
    breaks: 'Nothing: usage figures are not sent.',
    source: 'plexinc/plex-media-player issue 620; hagezi/dns-blocklists issue 8163',
  }),
  endpoint({
    id: 'sentry',
    host: 'o17675.ingest.sentry.io',
    purpose: 'crash reports',
    need: 'optional',
    telemetry: true,
    breaks: 'Nothing: crash reports are not sent.',
    source: 'hagezi/dns-blocklists issue 8163',
  }),
];

/**
 * The hosts that PMS contacts, as far as the public knows; Plex publishes no list.
 * Only the two `scan` endpoints are needed to scan a library with a modern agent; `needByAgent` says where it differs
 * (`scan` for an agent means that its libraries cannot be filled without the endpoint).
 * kind decides over scheme and port: `dns` and `udp` entries carry `http` because the type asks for a scheme.
 */
export const CATALOGUE: readonly Endpoint[] = [
  ...ACCOUNT,
  ...PROVIDERS,
  ...DOWNLOADS,
  ...ARTWORK,
  ...CLIENTS,
  ...LEGACY_AGENTS,
  ...PLUG_INS,
  ...MUSIC,
  ...THIRD_PARTIES,
  ...CERTIFICATES,
  ...REMOTE_ACCESS,
  ...SERVICES,
  ...TELEMETRY,
  ...LISTED,
];
