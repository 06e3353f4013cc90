import { OUTCOME } from '../../../core/model/outcome.ts';
import { isCommonLine } from '../../../parse/access-log/common.ts';
import { isHostlessHaproxyLine } from '../../../parse/access-log/haproxy.ts';
import { LEAST_SHARE, shareOfTexts } from '../../../parse/access-log/share.ts';
import { curlErrorOf, routeOfFailure, safeText } from '../../../parse/pms-log/index.ts';
import { CERTAIN, type Head, type InputFormat } from './format.ts';
import { headText } from './magic.ts';

/** Less sure than a readable log, surer than a general description of text. */
const NAMED = 0.45;

const GIVE_PMS_LOGS = "it tells nothing of PMS's own connections: give the folder Logs of PMS";

function byLines(id: string, name: string, why: string, isOwn: (line: string) => boolean): InputFormat {
  return {
    id,
    name,
    detect: ({ bytes }) => (shareOfTexts(bytes, isOwn) >= LEAST_SHARE ? NAMED : 0),
    open: () => ({ kind: 'refuse', why: `it is ${name}: ${why}` }),
  };
}

const STARTUP =
  /^\[(?:cont-init\.d|cont-finish\.d|services\.d|fix-attrs\.d|s6-init|custom-init|ls\.io-init)\]|^s6-rc: info: |^(?:Starting Plex Media Server\b|Attempting to obtain server token|Plex Media Server first run setup)/m;
const CURL = /^curl: \((\d{1,3})\) (.*)$/m;

/** A container asks plex.tv for its claim before PMS runs. */
const ASKED = 'plex.tv';

function startupWhy(head: Head): string {
  const [failure, code = '', words = ''] = CURL.exec(headText(head)) ?? [];
  const cause = failure === undefined ? '' : ` with "${failure}"${meaningOf(Number(code), safeText(words, ASKED))}`;
  return `it is the start-up output of a container${cause}; PMS's own logs lie in its folder Logs`;
}

function meaningOf(code: number, words: string): string {
  const { outcome } = curlErrorOf(code, words);
  if (code === 5) return ', a proxy whose name the DNS of the container does not know';
  if (outcome === 'unresolved') return ', a failure of the DNS that the container was given';
  if (outcome === null) return '';
  const route = routeOfFailure(code, words, ASKED);
  const way = route === null ? '' : route === 'direct' ? 'a direct connection: ' : 'at the proxy: ';
  return `, ${way}${OUTCOME[outcome].words}`;
}

/** Logs of other programs that users mistake for those of PMS or of a proxy, with the files to give instead. */
export const FOREIGN_LOGS: readonly InputFormat[] = [
  {
    id: 'plex-web',
    name: "Plex Web's own log",
    detect: (head) => (/^\s*[[{][^}]*"type"\s*:\s*"log:/.test(headText(head)) ? CERTAIN : 0),
    open: () => ({ kind: 'refuse', why: `it is Plex Web's own log, of a browser: ${GIVE_PMS_LOGS}` }),
  },
  byLines(
    'privoxy',
    "Privoxy's own log",
    'its lines name no client and no status: set "debug 512" in its config, which adds lines in the common log format',
    (line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [\da-f]{4,16} [A-Z][a-z-]+: /.test(line),
  ),
  byLines(
    'web-server',
    "a web server's access log",
    'its requests name no host, as those to a proxy do: give the log of the forward proxy',
    isCommonLine,
  ),
  byLines(
    'haproxy-hostless',
    "HAProxy's log without hosts",
    'its requests name no host: give the log of the proxy behind it',
    isHostlessHaproxyLine,
  ),
  byLines(
    'mitmproxy',
    "mitmproxy's output",
    'it has no dates: give a capture, or write lines with a script of its own',
    (line) => /^\S+:\d+: [A-Z]+ https?:\/\/|^\s+<< |^\[\d\d:\d\d:\d\d(?:\.\d{3})?\]/.test(line),
  ),
  {
    id: 'container-startup',
    name: 'the start-up output of a container',
    detect: (head) => (STARTUP.test(headText(head)) ? NAMED : 0),
    open: (head) => ({ kind: 'refuse', why: startupWhy(head) }),
  },
];

/** Lines in the shape of PMS's: they are excluded before PMS's log is recognised. */
export const PLEXAMP_LOG: InputFormat = {
  id: 'plexamp',
  name: "Plexamp's own log",
  detect: (head) =>
    /^[A-Z][a-z]{2} \d\d, \d{4} [\d:.]+ \[(?:Javascript\] |\w+\] [A-Z]+ - Networking: Create request )/m.test(
      headText(head),
    )
      ? CERTAIN
      : 0,
  open: () => ({ kind: 'refuse', why: `it is Plexamp's own log: ${GIVE_PMS_LOGS}` }),
};
