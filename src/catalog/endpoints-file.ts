import type { Node } from 'yaml';
import { isMap, isSeq } from 'yaml';
import { agentSchema, endpointKindSchema, markSchema, needSchema } from '../core/model/endpoint.ts';
import type { Endpoint, Need } from '../core/model/endpoint.ts';
import { parseHostName } from './host-name.ts';
import { describe, isText, quote, YamlFile, type Field } from './yaml-file.ts';

/**
 * Room for some thousand endpoints; the reader of the file refuses more before it reads. Hostile YAML of this size keeps
 * the parser busy for about a second (quadratic in its uniqueness checks), of ten times the size for minutes.
 */
export const ENDPOINTS_FILE_LIMIT_BYTES = 262_144;

export type EndpointsFileResult =
  | {
      readonly ok: true;
      /** The whole catalogue after the changes: existing endpoints in their order, then added ones. */
      readonly endpoints: readonly Endpoint[];
      /** Remarks for the user, one sentence each. */
      readonly notes: readonly string[];
    }
  | {
      readonly ok: false;
      /** One line each: `file:line:column: found …; expected …; what to do`. */
      readonly problems: readonly string[];
    };

type Settings = {
  -readonly [Key in Exclude<keyof Endpoint, 'custom' | 'id'>]?: Endpoint[Key];
};

const SECTIONS = ['add', 'change', 'remove'] as const;
const LONGEST_ID = 64;
const LONGEST_PURPOSE = 40;
const LONGEST_TEXT = 300;
const LONGEST_PATH = 1_000;

/** How each key of an endpoint is read. The keys are those that users write; `probe` is `probeHost`. */
const SETTING_READERS: Readonly<Record<string, (file: YamlFile, node: Node | null, into: Settings) => void>> = {
  host: (file, node, into) => {
    assign(into, 'host', readHost(file, node));
    if (node !== null && isText(node) && node.value.endsWith('.')) into.rooted = true;
  },
  kind: (file, node, into) => assign(into, 'kind', file.oneOf(node, endpointKindSchema.options, 'a kind')),
  probe: (file, node, into) => assign(into, 'probeHost', readHost(file, node)),
  port: (file, node, into) => assign(into, 'port', file.integer(node, 'a port', 1, 65_535)),
  scheme: (file, node, into) => assign(into, 'scheme', file.oneOf(node, ['https', 'http'], 'a scheme')),
  purpose: (file, node, into) => assign(into, 'purpose', file.text(node, 'a purpose', LONGEST_PURPOSE)),
  need: (file, node, into) => assign(into, 'need', file.oneOf(node, needSchema.options, 'a need')),
  needByAgent: (file, node, into) => assign(into, 'needByAgent', readNeedByAgent(file, node)),
  breaks: (file, node, into) => assign(into, 'breaks', file.text(node, 'what is lost', LONGEST_TEXT)),
  mark: (file, node, into) => assign(into, 'mark', file.oneOf(node, markSchema.options, 'a mark')),
  source: (file, node, into) => assign(into, 'source', file.text(node, 'a source', LONGEST_TEXT)),
  telemetry: (file, node, into) => assign(into, 'telemetry', file.boolean(node, 'whether it is telemetry')),
  path: (file, node, into) => assign(into, 'path', readPath(file, node)),
  accepts: (file, node, into) => assign(into, 'accepts', readAccepts(file, node)),
};
const SETTING_KEYS = Object.keys(SETTING_READERS);

/**
 * Applies a user's file to the catalogue: `add`, `change` and `remove`, or a plain list, which adds.
 * Pure; every problem of the file is reported at once. See docs/endpoints-file.md for the format.
 */
export function parseEndpointsFile(text: string, fileName: string, base: readonly Endpoint[]): EndpointsFileResult {
  const file = new YamlFile(text, fileName);
  if (!file.sound) return { ok: false, problems: file.problems };
  if (file.root === null) return { ok: true, endpoints: base, notes: ['The endpoints file is empty.'] };

  const sections = isSeq(file.root)
    ? new Map<string, Field>([['add', { key: file.root, value: file.root }]])
    : file.fields(file.root, SECTIONS, 'a list of endpoints, or a mapping with add, change and remove');
  const removed = readRemove(file, sections.get('remove'), base);
  const changes = readChange(file, sections.get('change'), base, removed);
  const kept = base.filter(({ id }) => !removed.has(id)).map((endpoint) => changes.get(endpoint.id) ?? endpoint);
  const added = readAdd(file, sections.get('add'), kept);
  if (!file.sound) return { ok: false, problems: file.problems };
  return { ok: true, endpoints: [...kept, ...added], notes: notesOn(base, removed, added) };
}

function readRemove(file: YamlFile, section: Field | undefined, base: readonly Endpoint[]): ReadonlySet<string> {
  const removed = new Set<string>();
  for (const item of section ? file.items(section.value, 'a list of ids or hosts') : []) {
    for (const { id } of find(file, item, base)) removed.add(id);
  }
  return removed;
}

function readChange(
  file: YamlFile,
  section: Field | undefined,
  base: readonly Endpoint[],
  removed: ReadonlySet<string>,
): ReadonlyMap<string, Endpoint> {
  const changes = new Map<string, Endpoint>();
  for (const { key, value } of section ? file.entries(section.value, 'a mapping from ids to settings').values() : []) {
    const [endpoint, ...others] = find(file, key, base);
    if (!endpoint) continue;
    if (others.length > 0) {
      const ids = [endpoint, ...others].map(({ id }) => id).join(', ');
      file.reject(key, `${describe(key)}, which several endpoints have`, 'one endpoint', `use one of the ids ${ids}`);
    } else if (removed.has(endpoint.id)) {
      file.reject(key, `${describe(key)} in both change and remove`, 'it in one of them', 'decide for one');
    } else if (changes.has(endpoint.id)) {
      file.reject(key, `a second change of ${quote(endpoint.id)}`, 'one', 'put both into one entry');
    } else {
      changes.set(endpoint.id, withChanges(file, key, endpoint, readSettings(file, value, SETTING_KEYS).settings));
    }
  }
  return changes;
}

function readAdd(file: YamlFile, section: Field | undefined, existing: readonly Endpoint[]): readonly Endpoint[] {
  const added: Endpoint[] = [];
  const byId = new Map(existing.map((endpoint) => [endpoint.id, endpoint]));
  const byTarget = new Map(existing.map((endpoint) => [targetOf(endpoint), endpoint]));
  for (const item of section ? file.items(section.value, 'a list of endpoints') : []) {
    const { settings, fields } = readSettings(file, item, ['id', ...SETTING_KEYS]);
    const idField = fields.get('id');
    const id = idField ? readId(file, idField.value) : settings.host && idFromHost(settings.host);
    if (settings.host === undefined && !fields.has('host') && isMap(item)) {
      file.reject(item, 'an endpoint without host', 'a host', 'add `host: name`');
    }
    if (settings.host === undefined || id === undefined) continue;
    const endpoint = withDefaults(file, item, id, settings.host, settings);
    const twin = byId.get(id) ?? byTarget.get(targetOf(endpoint));
    if (twin) {
      const found = twin.id === id ? `the id ${quote(id)}, which exists` : `${quote(endpoint.host)} once more`;
      file.reject(
        idField?.value ?? item,
        found,
        'something new',
        `put it under change: ${quote(twin.id)}, or give other values`,
      );
    } else {
      added.push(endpoint);
      byId.set(id, endpoint);
      byTarget.set(targetOf(endpoint), endpoint);
    }
  }
  return added;
}

function readSettings(
  file: YamlFile,
  node: Node | null,
  keys: readonly string[],
): { readonly settings: Settings; readonly fields: ReadonlyMap<string, Field> } {
  const fields = file.fields(node, keys, 'the settings of an endpoint');
  const settings: Settings = {};
  for (const [name, { key, value }] of fields) SETTING_READERS[name]?.(file, value ?? key, settings);
  return { settings, fields };
}

function withChanges(file: YamlFile, at: Node, before: Endpoint, settings: Settings): Endpoint {
  const portFollows = before.port === defaultPort(before.scheme);
  const changed: Endpoint = {
    ...before,
    port: portFollows ? defaultPort(settings.scheme ?? before.scheme) : before.port,
    ...settings,
    // A host of the user's own is private; the catalogue's own hosts are contacted by every PMS.
    custom: before.custom || (settings.host !== undefined && settings.host !== before.host),
  };
  return consistent(file, at, changed, settings);
}

function withDefaults(file: YamlFile, at: Node, id: string, host: string, settings: Settings): Endpoint {
  const scheme = settings.scheme ?? 'https';
  const endpoint: Endpoint = {
    kind: host.startsWith('*.') ? 'wildcard' : 'host',
    probeHost: null,
    port: defaultPort(scheme),
    purpose: 'custom',
    need: 'feature',
    needByAgent: {},
    breaks: 'Not stated.',
    mark: 'inferred',
    source: 'your endpoints file',
    telemetry: false,
    path: '/',
    accepts: null,
    ...settings,
    id,
    host,
    scheme,
    custom: true,
  };
  return consistent(file, at, endpoint, settings);
}

/** Rejects settings that contradict each other; gives the endpoint with the name that its kind is probed by. */
function consistent(file: YamlFile, at: Node, endpoint: Endpoint, settings: Settings): Endpoint {
  const { kind, host, probeHost } = endpoint;
  const starred = host.startsWith('*.');
  if (starred && kind === 'host') {
    file.reject(at, `${quote(host)} with kind host`, 'kind wildcard or dns', 'change the kind or name one host');
  } else if (!starred && kind === 'wildcard') {
    file.reject(at, `${quote(host)} with kind wildcard`, 'a host that begins with *.', 'change the kind or the host');
  } else if (kind === 'wildcard' && settings.host !== undefined && settings.probeHost === undefined) {
    file.reject(at, `the wildcard ${quote(host)} without probe`, 'a name to probe it by', 'add `probe: some.name`');
  }
  if (probeHost?.startsWith('*.')) {
    file.reject(at, `probe: ${quote(probeHost)}`, 'one name', 'name a host without a star');
  } else if (kind === 'host' && settings.probeHost !== undefined && probeHost !== host) {
    file.reject(at, 'probe for a single host', 'it for wildcards and dns only', 'remove it or change the host');
  }
  return { ...endpoint, probeHost: kind === 'host' ? host : probeHost };
}

function readHost(file: YamlFile, node: Node | null): string | undefined {
  const value = file.text(node, 'a host', 1_000);
  if (value === undefined) return undefined;
  const result = parseHostName(value);
  return result.ok ? result.host : file.reject(node, quote(value), result.expected, result.todo);
}

function readId(file: YamlFile, node: Node | null): string | undefined {
  const value = file.text(node, 'an id', LONGEST_ID);
  if (value === undefined || /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value)) return value;
  return file.reject(node, quote(value), 'an id in kebab-case', `write "${idFromHost(value) || 'my-endpoint'}"`);
}

function readPath(file: YamlFile, node: Node | null): string | undefined {
  const value = file.text(node, 'a path', LONGEST_PATH);
  if (value === undefined) return undefined;
  if (/token=|[?&](?:auth|key|password|secret)=/i.test(value)) {
    return file.reject(
      node,
      'a path with a secret in it',
      'a path that needs none',
      'probes never send tokens: remove it',
    );
  }
  if (/^\/[!"$-~]*$/.test(value)) return value;
  return file.reject(node, quote(value), 'a path that begins with /', 'percent-encode other characters; no fragment');
}

function readNeedByAgent(file: YamlFile, node: Node | null): Readonly<Record<string, Need>> | undefined {
  const needs: Record<string, Need> = {};
  for (const [agent, { key, value }] of file.fields(node, agentSchema.options, 'a mapping from agents to needs')) {
    const need = file.oneOf(value ?? key, needSchema.options, 'a need');
    if (need !== undefined) needs[agent] = need;
  }
  return needs;
}

function readAccepts(file: YamlFile, node: Node | null): readonly number[] | undefined {
  const statuses = file
    .items(node, 'a list of HTTP statuses')
    .map((item) => file.integer(item, 'an HTTP status', 100, 599))
    .filter((status) => status !== undefined);
  return statuses.length > 0 ? statuses : undefined;
}

/** The endpoints that a word names: the one with this id, else all with this host. None is a problem. */
function find(file: YamlFile, node: Node, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (!isText(node)) {
    file.reject(node, describe(node), 'the id or host of an endpoint', 'see `pms-proxy-doctor endpoints`');
    return [];
  }
  const found = findEndpoints(node.value, endpoints);
  if (found.length === 0) {
    const known = endpoints.flatMap(({ id, host }) => [id, host]);
    file.unknown(node, `the unknown endpoint ${quote(node.value)}`, node.value, known);
  }
  return found;
}

/** The endpoint with this id, else all with this host. */
export function findEndpoints(name: string, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const byId = endpoints.filter(({ id }) => id === name);
  return byId.length > 0 ? byId : endpoints.filter(({ host }) => host === name.toLowerCase());
}

function notesOn(
  base: readonly Endpoint[],
  removed: ReadonlySet<string>,
  added: readonly Endpoint[],
): readonly string[] {
  const back = new Set(added.map(({ id }) => id));
  return base
    .filter(({ id, need }) => need === 'scan' && removed.has(id) && !back.has(id))
    .map(({ host }) => `${quote(host)} was removed; what a scan needs cannot be judged without it.`);
}

function assign<Key extends keyof Settings>(into: Settings, key: Key, value: Settings[Key] | undefined): void {
  if (value !== undefined) into[key] = value;
}

function idFromHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, LONGEST_ID);
}

function targetOf({ kind, scheme, host, port }: Endpoint): string {
  return `${kind} ${scheme}://${host}:${port}`;
}

function defaultPort(scheme: Endpoint['scheme']): number {
  return scheme === 'https' ? 443 : 80;
}
