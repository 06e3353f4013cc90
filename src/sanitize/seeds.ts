import type { Endpoint } from '../core/endpoint.ts';
import type { Evidence } from '../core/evidence.ts';
import { valueOf } from '../core/evidence.ts';
import { parseAddress } from './address.ts';
import { isLiveSource, splitCount } from './files.ts';
import { isHostLike } from './names.ts';
import { PSEUDONYM } from './pseudonyms.ts';
import { DOCUMENTATION_NAME, normalName, Sanitizer, type Seeds } from './sanitizer.ts';
import { toPseudonyms } from './stand-ins.ts';
import { walkEvidence } from './walk.ts';

/** What this machine knows about itself; gathered by the caller, because nothing here touches the world. */
export interface LocalNames {
  /** Short and fully qualified names of this machine. */
  readonly hostnames: readonly string[];
  /** OS user names: who runs the tool, whose PMS it is. */
  readonly users: readonly string[];
  /** `/home/NAME`: the last part is a user name too. */
  readonly homeDirectories: readonly string[];
  /** Search domains of the resolver. */
  readonly searchDomains: readonly string[];
}

export const NO_LOCAL_NAMES: LocalNames = { hostnames: [], users: [], homeDirectories: [], searchDomains: [] };

/**
 * Derives from an evidence document and this machine's names everything that a {@link Sanitizer} should know. The seeds carry
 * the pseudonyms of every value in the evidence, so that each document sanitized with them names one value the same.
 */
export function seedsFrom(evidence: Evidence, local: LocalNames): Seeds {
  const { items } = evidence;
  const endpoints = valueOf(items.endpoints) ?? [];
  const known = endpoints.filter((endpoint) => !endpoint.custom);
  const custom = endpoints.filter((endpoint) => endpoint.custom);
  const proxies = valueOf(items.proxies) ?? [];
  const settings = valueOf(items.settings);
  const variables = (settings?.sources ?? []).flatMap((source) => valueOf(source.variables) ?? []);
  const attempts = [...(valueOf(items['attempts.direct']) ?? []), ...(valueOf(items['attempts.proxy']) ?? [])];
  const pms = valueOf(items.pms);
  const libcurl = pms ? valueOf(pms.libcurl) : null;

  const proxyHosts = [
    ...proxies.map((proxy) => proxy.host),
    ...variables.filter(({ name }) => /^(?:https?|all|ftp|wss?)_proxy$/i.test(name)).map(({ value }) => hostOf(value)),
  ].filter(isName);
  const excluded = variables
    .filter(({ name }) => /^no_proxy$/i.test(name))
    .flatMap(({ value }) => value.split(/[,\s|]+/))
    .map((entry) => entry.replace(/^\*?\./, '').replace(/:\d+$/, ''))
    .filter(isName);
  const hostnames = local.hostnames.map(normalName).filter(isName);
  const homes = local.homeDirectories.map((path) => path.split(/[\\/]/).at(-1) ?? '');
  // Single words that only their field tells to be names of hosts.
  const named = [
    ...custom.flatMap((endpoint) => [
      endpoint.host,
      endpoint.probeHost ?? '',
      ...(endpoint.id.includes('-') && !isOpenId(endpoint) ? [endpoint.id] : []),
    ]),
    ...attempts.flatMap(({ http }) => [
      http?.redirectHost ?? '',
      ...Object.entries(http?.proxyHeaders ?? {}).flatMap(hostsInHeader),
    ]),
    ...hostsSeen(evidence),
  ].map(normalName);
  // What a wildcard stands for has the wildcard's domain in it, and a name that looks like a file's is known by its field alone.
  const wildcards = custom.filter(({ host }) => host.startsWith('*.'));
  const namedDomains = [
    ...wildcards.map(({ host }) => normalName(host.slice(2))),
    ...named.filter((name) => isName(name) && name.includes('.') && !isPlainHost(name)),
  ];

  const seeds: Seeds = {
    hostnames: unique([
      ...hostnames.map((name) => name.split('.')[0] ?? ''),
      ...[...excluded, ...named].filter((name) => isName(name) && !name.includes('.')),
    ]),
    users: unique([...local.users, ...homes]),
    domains: unique(
      [
        ...excluded,
        ...namedDomains,
        ...local.searchDomains.map(normalName),
        ...[...hostnames, ...proxyHosts].map((name) => name.split('.').slice(1).join('.')),
      ].filter((name) => name.includes('.') && !proxyHosts.includes(normalName(name))),
    ),
    proxyHosts: unique(proxyHosts),
    authorities: attempts.flatMap(({ tls }) =>
      tls && !tls.trusted
        ? [...new Set([tls.issuer, tls.anchor.subject, tls.subject])].map((name) => [name, ...partsOf(name)])
        : [],
    ),
    files: unique(filesOf(evidence)),
    readableHosts: unique(
      known
        .flatMap((endpoint) => [endpoint.host.replace(/^\*\./, ''), endpoint.probeHost ?? ''])
        .filter((name) => name !== ''),
    ),
    catalogueWords: [
      ...known.flatMap(({ id, source }) => [id, source]),
      ...custom.filter(isOpenId).map(({ id }) => id),
    ],
    versions: [pms?.version, libcurl?.version, evidence.tool.version].flatMap((v) => v?.split('-')[0] ?? []),
    taken: unique(toPseudonyms(JSON.stringify(evidence)).match(PSEUDONYM) ?? []),
    assigned: {},
  };
  const sanitizer = new Sanitizer(seeds);
  walkEvidence(evidence, sanitizer);
  return sanitizer.seeds();
}

/** Whether a user's endpoint has an id of its own, which policies name it by; by default its host is the id. */
function isOpenId({ id, host, probeHost }: Endpoint): boolean {
  const parts = new Set(`${host} ${probeHost ?? ''}`.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const isWord = /^[a-z][a-z\d]*(?:-[a-z][a-z\d]*)*$/.test(id);
  return isWord && id.split('-').every((part) => !parts.has(part));
}

/** Hosts that PMS, or others in the same log, dealt with: names and addresses. */
function hostsSeen({ items }: Evidence): readonly string[] {
  const { flows = [], questions = [] } = valueOf(items.traffic) ?? {};
  const { requests = [] } = valueOf(items.pmsLog) ?? {};
  return [
    ...flows.flatMap(({ names, client, address }) => [...names.map(({ name }) => name), client ?? '', address ?? '']),
    ...questions.flatMap(({ name, client, server }) => [name, client ?? '', server]),
    ...requests.map(({ host }) => host),
  ];
}

/** A name that is found wherever it stands. */
function isPlainHost(name: string): boolean {
  return isHostLike(name, { afterAuthority: false, beforePort: false }) && name !== DOCUMENTATION_NAME;
}

function filesOf({ run, items }: Evidence): readonly string[] {
  const { watchers = [] } = valueOf(items.traffic) ?? {};
  const { files = [] } = valueOf(items.pmsLog) ?? {};
  return [
    ...(run.inputs ?? []).map(({ name }) => name),
    ...watchers.filter(({ source }) => !isLiveSource(source)).map(({ source }) => splitCount(source)[0]),
    ...files.map(({ name }) => name),
  ].filter((name) => name !== '-');
}

function isName(name: string): boolean {
  return name !== '' && name !== '*' && !name.includes('<') && !/^[\d.*/:]+$/.test(name) && parseAddress(name) === null;
}

/** Host of a proxy address in any spelling, user information and brackets left out. */
function hostOf(value: string): string {
  const rest = value.slice(value.lastIndexOf('@') + 1).replace(/^\s*(?:pac\+)?[a-z][a-z0-9+.-]*:\/\//i, '');
  const host = /^(?:\[([^\]]*)\]|([^:/?#\s]*))/.exec(rest);
  return normalName(host?.[1] ?? host?.[2] ?? '');
}

/** Proxies sign `Via: 1.1 NAME (software)` and `X-Cache: MISS from NAME:port`, with names that need no dot. */
function hostsInHeader([header, value]: readonly [string, string]): readonly string[] {
  const pattern = header === 'via' ? /\b(?:\w+\/)?\d\.\d\s+([\w.-]+)/g : /\bfrom\s+([\w.-]+)/g;
  return [...value.matchAll(pattern)].map((found) => found[1] ?? '');
}

/** The parts of a distinguished name that are names of people or companies, also quoted alone in messages. */
function partsOf(name: string): readonly string[] {
  return [...name.matchAll(/(?:^|[,\n/+]\s*)(?:CN|O|OU)\s*=\s*([^,\n/+]+)/g)].map((part) => (part[1] ?? '').trim());
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== ''))];
}
