import { OUTCOME } from '../../../core/model/outcome.ts';
import type { Report, TrafficReport, Unlisted } from '../../../core/model/report.ts';
import { connectionWords } from '../../../core/words/flows.ts';
import { isBrief, notes, type Section, type ViewOptions } from '../../blocks/blocks.ts';
import { times } from '../../blocks/times.ts';

/** Hosts that a brief report lists. */
const UNLISTED_SHOWN = 10;

/** Hosts that were seen and that the catalogue lacks, ready for `--endpoints`; those around the proxy first. */
export function unlisted({ traffic }: Report, options: ViewOptions): readonly Section[] {
  const sorted = sortedUnlisted(traffic);
  const shown = isBrief(options) ? sorted.slice(0, UNLISTED_SHOWN) : sorted;
  const rest = sorted.length - shown.length;
  const isHidden = shown.some(({ host }) => host.includes('<'));
  if (shown.length === 0) return [];
  return [
    {
      title: 'Not in the catalogue',
      place: 'folded',
      blocks: [
        ...notes(['Ready for a file for --endpoints:']),
        { kind: 'code', language: 'yaml', lines: ['add:', ...yamlLines(shown, outerNames(traffic))] },
        ...notes([
          ...(rest > 0 ? [`and ${rest} more with --verbose`] : []),
          ...(isHidden ? ['names in <> are pseudonyms: --raw gives the names to be put into the file'] : []),
        ]),
      ],
    },
  ];
}

function sortedUnlisted(traffic: TrafficReport | null): readonly Unlisted[] {
  const all = traffic?.unlisted ?? [];
  const direct = all.filter(({ routes }) => routes.includes('direct'));
  return [...direct, ...all.filter((each) => !direct.includes(each))];
}

/** Names that only the outside of an encrypted hello showed. */
function outerNames(traffic: TrafficReport | null): ReadonlySet<string> {
  const names = (traffic?.flows ?? []).flatMap((flow) => flow.names);
  return new Set(names.filter(({ outer }) => outer).map(({ name }) => name));
}

/** Entries of a list are aligned up to this width. */
const ENTRY_WIDTH = 60;

function yamlLines(hosts: readonly Unlisted[], outer: ReadonlySet<string>): readonly string[] {
  const entries = hosts.map((each) => ({ entry: yamlEntry(each), seen: seenWords(each, outer.has(each.host)) }));
  const width = Math.min(ENTRY_WIDTH, Math.max(...entries.map(({ entry }) => entry.length)));
  return entries.map(({ entry, seen }) => `${entry.padEnd(width)}  # ${seen}`);
}

/** The syntax of docs/endpoints-file.md, which omits the usual port of a scheme. */
function yamlEntry({ host, port, scheme }: Unlisted): string {
  const name = /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z-]+$/i.test(host) ? host : `'${host.replaceAll("'", "''")}'`;
  const usual = scheme === 'https' ? 443 : 80;
  const more = [...(scheme === 'http' ? ['scheme: http'] : []), ...(port === usual ? [] : [`port: ${port}`])];
  return more.length === 0 ? `  - host: ${name}` : `  - { host: ${name}, ${more.join(', ')} }`;
}

function seenWords({ routes, outcome, processes, count }: Unlisted, outer: boolean): string {
  const end = outcome === null ? [] : [routes.includes('proxy') ? OUTCOME[outcome].words : connectionWords(outcome)];
  const ways = routes.map((route) => (route === 'direct' ? 'direct' : 'via proxy')).join(' and ');
  const doubt = outer ? ['the outer name of encrypted hellos'] : [];
  return [`${times(count)} ${ways}`, ...end, ...processes, ...doubt].join(', ');
}
