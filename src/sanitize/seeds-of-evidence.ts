import { isPubliclyVouched } from '../core/model/privacy.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import type { Evidence } from '../core/model/evidence.ts';
import { evidenceSchema, valueOf } from '../core/model/evidence.ts';
import { parseAddress } from './values/address.ts';
import { cleanDocument } from './fields.ts';
import { DOCUMENTATION_NAME, normalName } from './values/hosts.ts';
import { isPath, splitCount, splitPlace } from './values/files.ts';
import { isHostLike } from './values/names.ts';
import { PSEUDONYM } from './values/pseudonym-kinds.ts';
import { Sanitizer } from './sanitizer.ts';
import type { Seeds } from './values/seeds.ts';
import { toPseudonyms } from '../core/values/stand-ins.ts';
import { unknownWords } from './values/vocabulary.ts';
import { stringsOf } from './walk.ts';

/** This machine's own names; gathered by the caller, because nothing here touches the world. */
export interface LocalNames {
  /** Short and fully qualified names of this machine. */
  readonly hostnames: readonly string[];
  /** OS users: the one that runs the tool, and PMS's. */
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
export function seedsFrom(evidence: Evidence, local: LocalNames, ownWords: readonly string[] = []): Seeds {
  const { items } = evidence;
  const strings = stringsOf(evidenceSchema, evidence);
  const namedIn = (kind: string): readonly string[] =>
    strings('source-id').flatMap((id) => (id.startsWith(`${kind}:`) ? [id.slice(kind.length + 1)] : []));
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
    .flatMap(({ value }) => value.split(/[,;\s|]+/))
    .map((entry) => entry.replace(/^\*?\./, '').replace(/:\d+$/, ''))
    .filter(isName);
  const hostnames = local.hostnames.map(normalName).filter(isName);
  const homes = local.homeDirectories.map((path) => path.split(/[\\/]/).at(-1) ?? '');
  // Single words that only their field tells to be names of hosts.
  const named = [
    ...strings('host'),
    ...custom.filter((endpoint) => endpoint.id.includes('-') && !isOpenId(endpoint)).map(({ id }) => id),
    ...attempts.flatMap(({ http }) => Object.entries(http?.proxyHeaders ?? {}).flatMap(hostsInHeader)),
  ].map(normalName);
  // Hosts of a wildcard have its domain in them, and only the field tells a host whose name looks like a file's.
  const wildcards = custom.filter(({ host }) => host.startsWith('*.'));
  const namedDomains = [
    ...wildcards.map(({ host }) => normalName(host.slice(2))),
    ...named.filter((name) => isName(name) && name.includes('.') && !isPlainHost(name)),
  ];

  const own = new Set(ownWords);
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
      tls && !isPubliclyVouched(tls)
        ? [...new Set([tls.issuer, tls.anchor.subject, tls.subject])].map((name) => [name, ...partsOf(name)])
        : [],
    ),
    files: strings('file')
      .map((source) => splitCount(source)[0])
      .filter((name) => name !== '-'),
    paths: [...strings('path').map((place) => splitPlace(place).path), ...namedIn('file')].filter(isPath),
    programs: strings('program'),
    units: [...strings('unit'), ...namedIn('unit')],
    containers: [...strings('container'), ...namedIn('container')],
    words: unique(
      [...strings('said'), ...custom.flatMap(({ purpose, breaks, source }) => [purpose, breaks, source])].flatMap(
        unknownWords,
      ),
    )
      .filter((word) => word.length > 3 && !/^\d+$/.test(word) && !own.has(word.toLowerCase()))
      .map((word) => ['name', word] as const),
    kept: [],
    secrets: [],
    ownWords,
    readableHosts: unique(
      known
        .flatMap((endpoint) => [endpoint.host.replace(/^\*\./, ''), endpoint.probeHost ?? ''])
        .filter((name) => name !== ''),
    ),
    catalogueWords: [
      ...known.flatMap(({ id, source, purpose, breaks }) => [id, source, purpose, breaks]),
      ...custom.filter(isOpenId).map(({ id }) => id),
    ],
    versions: [pms?.version, libcurl?.version, evidence.tool.version].flatMap((v) => v?.split('-')[0] ?? []),
    taken: unique(toPseudonyms(JSON.stringify(evidence)).match(PSEUDONYM) ?? []),
    assigned: {},
  };
  const sanitizer = new Sanitizer(seeds);
  cleanDocument(evidenceSchema, evidence, sanitizer);
  return sanitizer.seeds();
}

/** Whether a user's endpoint has an id of its own, which policies name it by; by default its host is the id. */
function isOpenId({ id, host, probeHost }: Endpoint): boolean {
  const parts = new Set(`${host} ${probeHost ?? ''}`.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const isWord = /^[a-z][a-z\d]*(?:-[a-z][a-z\d]*)*$/.test(id);
  return isWord && id.split('-').every((part) => !parts.has(part));
}

/** A name that is found wherever it stands. */
function isPlainHost(name: string): boolean {
  return isHostLike(name, { afterAuthority: false, beforePort: false }) && name !== DOCUMENTATION_NAME;
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
