import type { Endpoint, Mark } from '../core/model/endpoint.ts';
import { csvRow } from '../core/values/csv.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from './blocks/options.ts';
import { styleOf, type Style } from './text/style.ts';
import { code, escape, table as markdownTable } from './markdown/syntax.ts';
import { table, wrap, type Column } from './text/table.ts';

export type EndpointsFormat = 'text' | 'json' | 'markdown' | 'csv';

/** In the order in which an administrator would go through them. */
const GROUPS = {
  scan: 'Needed for a scan',
  feature: 'Needed for a feature',
  agents: 'Needed for libraries with other agents',
  optional: 'Optional',
  telemetry: 'Telemetry, safe to block',
} as const;
type Group = keyof typeof GROUPS;

const MARK_MEANING: Readonly<Record<Mark, string>> = {
  official: 'stated by Plex',
  seen: 'seen by users in logs, captures, allow-lists or code',
  inferred: 'inferred, not proven',
  listed: 'named in allow and block lists only; nothing here is known to need it',
};

const COLUMNS: readonly Column[] = [
  { title: 'HOST', shrink: 1, comfortable: 26, min: 12 },
  { title: 'PORT', shrink: 0, comfortable: 8, min: 8 },
  { title: 'FOR', shrink: 2, comfortable: 16, min: 8 },
  { title: 'KNOWN', shrink: 0, comfortable: 8, min: 8 },
];
const INDENT = '  ';

const RENDERERS: Readonly<Record<EndpointsFormat, (endpoints: readonly Endpoint[], style: Style) => string>> = {
  text,
  json: (endpoints) => `${JSON.stringify({ schemaVersion: 1, endpoints }, null, 2)}\n`,
  markdown,
  csv,
};

/** The catalogue for the `endpoints` command. Pure; the string ends with a line break. */
export function renderEndpoints(
  endpoints: readonly Endpoint[],
  format: EndpointsFormat,
  options: Partial<RenderOptions> = {},
): string {
  return RENDERERS[format](endpoints, styleOf({ ...DEFAULT_OPTIONS, ...options }));
}

/** docs/catalogue.md: the same tables, with what they mean. */
export function catalogueDocument(endpoints: readonly Endpoint[]): string {
  const marks = Object.entries(MARK_MEANING).map(([mark, meaning]) => `- **${mark}**: ${meaning}`);
  return [
    '<!-- Generated from src/catalog/catalogue.ts; do not edit. -->',
    '',
    '# What Plex Media Server contacts',
    '',
    'Plex publishes no list of the hosts that a server contacts. This one was put together from public sources; each',
    'entry names its own and says how well it is known:',
    '',
    ...marks,
    '',
    'A *scan* needs only the first group if the library has a modern agent (Plex Movie, Plex TV Series, Plex Music).',
    'Where the need differs by agent, the column *Needed* says so: `legacy: scan` means that libraries with a legacy agent',
    'cannot be filled without it. Entries of your own: [endpoints-file.md](endpoints-file.md).',
    '',
    markdown(endpoints),
  ].join('\n');
}

interface Section {
  readonly title: string;
  readonly members: readonly Endpoint[];
}

function sectionsOf(endpoints: readonly Endpoint[]): readonly Section[] {
  return Object.entries(GROUPS)
    .map(([group, title]) => ({ title, members: endpoints.filter((endpoint) => groupOf(endpoint) === group) }))
    .filter(({ members }) => members.length > 0);
}

function groupOf({ need, telemetry, needByAgent }: Endpoint): Group {
  if (need === 'scan') return 'scan';
  if (telemetry) return 'telemetry';
  if (need === 'feature') return 'feature';
  return Object.values(needByAgent).some((other) => other !== 'optional') ? 'agents' : 'optional';
}

function text(endpoints: readonly Endpoint[], style: Style): string {
  const sections = sectionsOf(endpoints);
  const members = sections.flatMap((section) => section.members);
  const rows = members.map((e) => [{ text: e.host }, { text: portOf(e) }, { text: e.purpose }, { text: e.mark }]);
  // One table for all sections, so that their columns stand below each other.
  const [header = '', ...drawn] = table(COLUMNS, rows, style.width - INDENT.length, style);
  const rowOf = new Map(members.map((endpoint, i) => [endpoint, drawn[i] ?? '']));
  const lines = sections.flatMap((section) => [
    style.tone('strong', section.title),
    INDENT + header,
    ...section.members.flatMap((endpoint) => [INDENT + rowOf.get(endpoint), ...details(endpoint, style)]),
    '',
  ]);
  const hosts = new Set(endpoints.map(({ host }) => host)).size;
  const hint = style.verbose ? '' : '; --verbose adds ids and sources';
  const total = `${counted(endpoints.length, 'endpoint')}, ${counted(hosts, 'host')}${hint}`;
  return style.plain(`${[...lines, total].join('\n')}\n`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function details(endpoint: Endpoint, style: Style): readonly string[] {
  const indent = INDENT.repeat(3);
  const agents = agentsOf(endpoint);
  const said = [endpoint.breaks, agents && `By agent: ${agents}.`, probeNote(endpoint)].filter((part) => part !== '');
  const sources = style.verbose ? [`id ${endpoint.id}`, ...endpoint.source.split('; ').map((s) => `source ${s}`)] : [];
  return [said.join(' '), ...sources]
    .flatMap((line) => wrap(line, style.width - indent.length))
    .map((line) => indent + style.tone('dim', line));
}

function markdown(endpoints: readonly Endpoint[]): string {
  const sections = sectionsOf(endpoints).map(({ title, members }) =>
    [
      `## ${title}`,
      '',
      ...markdownTable(
        ['Host', 'Port', 'For', 'Needed', 'Lost without it', 'Known', 'Source'],
        members.map(markdownCells),
      ),
    ].join('\n'),
  );
  return `${sections.join('\n\n')}\n`;
}

function markdownCells(endpoint: Endpoint): readonly string[] {
  const { host, purpose, need, breaks, mark, source } = endpoint;
  return [
    code(host),
    portOf(endpoint),
    escape(purpose),
    [need, agentsOf(endpoint)].filter((part) => part !== '').join('; '),
    escape([breaks, probeNote(endpoint)].join(' ').trim()),
    mark,
    source.split('; ').map(sourceLink).join(', '),
  ];
}

/** `owner/repo issue 7` and `owner/repo path` lead to GitHub, URLs to themselves; anything else is shown as it is. */
function sourceLink(source: string): string {
  if (/^https?:\/\/[^\s|<>()]+$/.test(source)) return `<${source}>`;
  const parts = /^([\w.-]+\/[\w.-]+)(?: (?:issue (\d+)|([\w./-]+)))?$/.exec(source);
  const [, repository, issue, path] = parts ?? [];
  if (repository === undefined) return escape(source);
  const address = `https://github.com/${repository}${issue ? `/issues/${issue}` : path ? `/blob/HEAD/${path}` : ''}`;
  return `[${escape(`${repository}${issue ? ` issue ${issue}` : ''}`)}](${address})`;
}

const CSV_COLUMNS: readonly (readonly [string, (endpoint: Endpoint) => string])[] = [
  ['id', (e) => e.id],
  ['kind', (e) => e.kind],
  ['host', (e) => e.host],
  ['port', (e) => String(e.port)],
  ['scheme', (e) => (e.kind === 'host' || e.kind === 'wildcard' ? e.scheme : e.kind)],
  ['probe', (e) => e.probeHost ?? ''],
  ['path', (e) => e.path],
  ['purpose', (e) => e.purpose],
  ['need', (e) => e.need],
  ['needByAgent', agentsOf],
  ['breaks', (e) => e.breaks],
  ['mark', (e) => e.mark],
  ['telemetry', (e) => String(e.telemetry)],
  ['custom', (e) => String(e.custom)],
  ['source', (e) => e.source],
];

function csv(endpoints: readonly Endpoint[]): string {
  const rows = [CSV_COLUMNS.map(([name]) => name), ...endpoints.map((e) => CSV_COLUMNS.map(([, value]) => value(e)))];
  return rows.map((row) => `${csvRow(row)}\r\n`).join('');
}

function portOf({ kind, port }: Endpoint): string {
  if (kind === 'dns') return 'DNS';
  return kind === 'udp' ? `${port}/udp` : String(port);
}

function agentsOf({ needByAgent }: Endpoint): string {
  return Object.entries(needByAgent)
    .map(([agent, need]) => `${agent}: ${need}`)
    .join(', ');
}

/** How an entry is probed, as a sentence, where its host alone does not tell; '' elsewhere. */
function probeNote({ kind, probeHost }: Endpoint): string {
  if (kind === 'host') return '';
  if (kind === 'dns') return 'Only resolved.';
  return probeHost === null ? 'Listed, not probed.' : `Probed by ${probeHost}.`;
}
