import { open, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { CATALOGUE } from '../../catalog/catalogue.ts';
import { PREFERENCE_KINDS } from '../../sanitize/rules/preferences.ts';
import { NO_SEEDS, type Seeds } from '../../sanitize/values/seeds.ts';
import { isKnownWord } from '../../sanitize/values/vocabulary.ts';
import { localNames } from '../local-names.ts';
import type { Terminal } from '../terminal.ts';

/** Where PMS keeps its settings on Linux: packages, Snap, the images of Plex and of linuxserver.io. */
const PREFERENCES = [
  '/var/lib/plexmediaserver/Library/Application Support/Plex Media Server/Preferences.xml',
  '/var/snap/plexmediaserver/common/Library/Application Support/Plex Media Server/Preferences.xml',
  '/config/Library/Application Support/Plex Media Server/Preferences.xml',
];
const PREFERENCES_LIMIT_BYTES = 262_144;
const ATTRIBUTE = /([A-Za-z]\w*)="([^"]*)"/g;
const SECRETS = new Set(['PlexOnlineToken', 'LocalAdminToken', 'customCertificateKey']);
const VARIABLE = /^(?:https?|all)_proxy$/i;

export interface GivenWords {
  readonly keep: readonly string[];
  readonly hide: readonly string[];
}

/** Everything known of this host before a file is read: its names, users, cards, proxy, and the settings of its PMS and of those given. */
export async function seedsOfHost(
  { environment }: Terminal,
  given: GivenWords,
  files: readonly string[],
  assigned: Seeds['assigned'],
): Promise<Seeds> {
  const local = localNames(environment);
  const preferences = await Promise.all(
    [...PREFERENCES, ...files.filter((path) => /(?:^|[\\/])Preferences\.xml$/i.test(path))].map(readPreferences),
  );
  const settings = preferences.flatMap((text) =>
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => ({ name, value })),
  );
  const proxies = Object.entries(environment).flatMap(([name, value]) => (VARIABLE.test(name) ? [value ?? ''] : []));
  const hosts = local.hostnames.map((name) => name.toLowerCase());
  return {
    ...NO_SEEDS,
    hostnames: hosts.map((name) => name.split('.')[0] ?? ''),
    users: [...local.users, ...local.homeDirectories.map((path) => path.split(/[\\/]/).at(-1) ?? '')],
    domains: [...local.searchDomains, ...hosts.map((name) => name.split('.').slice(1).join('.'))].filter((name) =>
      name.includes('.'),
    ),
    proxyHosts: proxies
      .flatMap((value) => /^(?:[a-z]\w*:\/\/)?(?:.*@)?([\w.-]+)/i.exec(value)?.[1] ?? [])
      .filter((name) => !/^[\d.]+$/.test(name)),
    words: [
      ...given.hide.map((word) => ['name', word] as const),
      ...settings.flatMap(({ name, value }) => {
        const kind = PREFERENCE_KINDS[name];
        return kind !== undefined && value.length > 2 && !isKnownWord(value) ? [[kind, value] as const] : [];
      }),
      ...cards().map((mac) => ['mac', mac] as const),
    ],
    secrets: settings.flatMap(({ name, value }) => (SECRETS.has(name) ? [value] : [])),
    kept: given.keep,
    readableHosts: [
      ...CATALOGUE.flatMap(({ host, probeHost }) => [host.replace(/^\*\./, ''), probeHost ?? host]),
      ...given.keep.filter((word) => word.includes('.')),
    ],
    catalogueWords: CATALOGUE.flatMap(({ id, source, purpose, breaks }) => [id, source, purpose, breaks]),
    assigned,
  };
}

function cards(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [...new Set(all.map(({ mac }) => mac))].filter((mac) => mac !== '00:00:00:00:00:00');
}

/** '' where it is not there, not readable for this user, or no file. */
async function readPreferences(path: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const about = await handle.stat();
      return about.isFile() && about.size <= PREFERENCES_LIMIT_BYTES ? await readFile(handle, 'utf8') : '';
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}
