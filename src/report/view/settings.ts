import { sourceWords } from '../../core/words/settings.ts';
import type { LibraryNeed } from '../../core/model/pms-status.ts';
import type { Report } from '../../core/model/report.ts';
import { text, value, type Text } from '../blocks/blocks.ts';
import { libraryType } from './libraries.ts';
import { listed } from '../blocks/times.ts';
import { withPort } from './traffic/traffic.ts';

/** The words for PMS, its libraries and its proxy settings. */

/** `isShort`: what tells one server from another. */
export function pmsFacts({ pms, run }: Report, isShort = false): readonly string[] {
  if (pms === null) return ['not looked for'];
  const { status } = pms;
  const isAsked = status !== undefined && status.version !== null;
  if (!pms.found && !isAsked) return ['not found on this machine'];
  return [
    pms.version === null ? 'version unknown' : isShort ? pms.version.replace(/-.*/, '') : pms.version,
    // Files do not show the present state.
    ...(pms.pid !== null
      ? [`pid ${pms.pid}`]
      : isAsked
        ? [`asked at ${status.base}`]
        : run.inputs === undefined
          ? ['not running']
          : ['by its log']),
    // Without PMS here, the container is the one that this tool runs in.
    ...(pms.found
      ? [pms.unit, pms.container === null ? null : `container ${pms.container}`].flatMap((fact) => fact ?? [])
      : []),
    ...(pms.signIn === null ? [] : [pms.signIn === 'ok' ? 'signed in' : `sign-in: ${pms.signIn}`]),
    ...(pms.mapping === null || isShort ? [] : [`mapping: ${pms.mapping}`]),
  ];
}

/** The servers on this machine that are not judged, and how to choose one. */
export function otherServers(pms: Report['pms']): readonly string[] {
  const pids = pms?.others?.pids ?? [];
  return pids.length === 0
    ? []
    : [
        `not judged: ${pids.length} more on this machine, pid ${listed(pids.map(String), PLACES_SHOWN)} (--env-from pid:${pids[0]} judges another)`,
      ];
}

/** Servers have a handful of kinds; the rest is in the JSON report. */
const LIBRARY_LINES = 8;

const LIBRARY_NEED_WORDS: Readonly<Record<LibraryNeed, string>> = {
  provider: 'needs the metadata provider',
  'custom-provider': 'needs a custom metadata provider',
  'plug-ins': 'goes out through plug-ins',
  nothing: 'needs nothing',
  unknown: 'an agent that is not known here',
};

/** One line for each kind of library: `music (tv.plex.agents.music): needs the metadata provider`. Empty when PMS did not say. */
export function libraryWords(pms: Report['pms']): readonly string[] {
  const kinds = new Map<string, { readonly words: string; readonly need: LibraryNeed; count: number }>();
  for (const { type, agent, needs } of pms?.status?.sections ?? []) {
    const words = `${libraryType(type)} (${agent})`;
    const kind = kinds.get(words) ?? { words, need: needs, count: 0 };
    kind.count++;
    kinds.set(words, kind);
  }
  const lines = [...kinds.values()].map(
    ({ words, need, count }) => `${count === 1 ? '' : `${count} × `}${words}: ${LIBRARY_NEED_WORDS[need]}`,
  );
  return lines.length > LIBRARY_LINES
    ? [...lines.slice(0, LIBRARY_LINES), `and ${lines.length - LIBRARY_LINES} other kinds`]
    : lines;
}

/** Questions that PMS did not answer, and why. */
export function troubleWords(pms: Report['pms']): readonly string[] {
  return (pms?.status?.troubles ?? []).map(({ code, message }) => `${message} [${code}]`);
}

/** `the environment of pid 812`, with its reliability where it is not PMS's own environment. */
function originWords({ source, basis }: Report['proxy']): string {
  const worth: Readonly<Record<string, string>> = {
    declared: ' (declared, not seen in a running PMS)',
    assumed: ' (assumed: PMS may have others)',
  };
  return sourceWords(source) + (worth[basis] ?? '');
}

/** The proxy that PMS was told to use; where no settings were read, the one that it was seen to use. */
export function proxyText({ proxy, traffic }: Report): Text {
  const from = originWords(proxy);
  const { url, unused } = proxy;
  if (unused !== undefined) {
    const named = unused.url ?? url;
    return named === null
      ? text`${unused.why.text}; from ${from}`
      : text`${value(named)}, from ${from}; ${unused.why.text}`;
  }
  if (url !== null) return text`${value(url)}, from ${from}`;
  if (proxy.source !== 'none') return `none configured; looked at ${from}`;
  const used = (traffic?.flows ?? []).filter(({ route, address }) => route === 'proxy' && address !== null);
  const places = [...new Set(used.map(({ address, port }) => withPort(address ?? '', port)))];
  return `not known: no settings were read${places.length === 0 ? '' : `; seen in use: ${listed(places, PLACES_SHOWN)}`}`;
}

/** Places that one line names. */
const PLACES_SHOWN = 3;

/** How each client reads the variables; clients that read them alike share a line. */
export function clientsOf({
  dialects,
}: Report['proxy']): readonly { readonly ids: readonly string[]; readonly words: string }[] {
  const groups = new Map<string, string[]>();
  for (const [id, { url, notes }] of Object.entries(dialects)) {
    const words = [url ?? 'no proxy', ...notes].join('; ');
    groups.set(words, [...(groups.get(words) ?? []), id]);
  }
  return [...groups].map(([words, ids]) => ({ ids, words }));
}
