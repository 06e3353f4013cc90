/**
 * Words of which PMS's warnings are made. A warning can hold titles, names of people and paths, so a quotation keeps these words and leaves
 * all others out.
 */
const PLAIN_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above argument arguments accept accepted acceptor access account across action activity address after again agent all allocate allowed already also ' +
    'an and answer any are as asked at attempt attempted attempting attempts authentication authorized available back bad be because been ' +
    'before being binding blocked body broken busy but by cache cached call called can cannot canceled cancelled cert certificate check claimed client close ' +
    'closed closing cloud code codec codecs command commit complete completed config connect connected connecting connection connections container content corrupt ' +
    "could couldn't count crash crashed create created current data database date decode default delete denied destroyed detected device devices did " +
    "didn't directory disabled disconnected disk dns do does doesn't domain don't done down download downloaded downloading due duplicate during each element empty enabled " +
    'end endpoint entry error errors event events exceeded exception exist exists exit expected expired failed failure fallback falling features fetch fetching ' +
    'file files find finish finished for forbidden found free from full function generate get getting given giving got guide had handle handler handling handshake hash hashes hosted has have ' +
    'header headers host http https id ignoring image implemented in index inside instance internal internet interrupted into invalid io ip ipv4 ipv6 is it its item ' +
    'items job json key known last launch length library license limit line list listen listening load loading local location lock locked log long lookup lost made manager mapped mapping map ' +
    'match matching maximum media memory message metadata missing mode module more most music named network keyword new next no none not nothing now null number obtain of ' +
    'off old on one online only open opening operation or out output own packet parse parsing part path peer pending permission permissions playlist please plug-in plugin port ' +
    'possible preferences private probably problem process profile protocol provider providers proxy public publish published pubsub queue range rate recent rate reach ' +
    'reachable read reading ready reason received reconnect redirect refresh refused registered remote removed request requested requesting requests required reset resolve resolved resource resources ' +
    'response restart result retries retry retrying return returned root running safe scan scanner scanning schedule scheduled search second seconds section send ' +
    'sending sent server service session set setting settings shutdown signal sign-in signed skipping slow socket soon sqlite ssl start started starting startup state status ' +
    'stop stopped storage stream subscription subtitle succeeded success such support supported system task temporary terminated than that the there they this thread ' +
    'time timed timeout timer tls to token too took tools transaction transcode transcoder trust try trying type unable unauthorized unavailable unexpected unhandled unknown ' +
    'unreachable unsupported until up update updating upload upnp url use used user users using valid value version waited waiting was way we web websocket were when which ' +
    "while will with within without won't work write writing wrong xml yet you your"
  ).split(' '),
);

const QUOTE_LIMIT = 120;
const LEFT_OUT = '…';
/** `FeatureManager:`, `MyPlex:`, `NAT:`: a part of PMS that speaks. */
const SPEAKER =
  /^(?:[A-Z][a-z]+(?:[A-Z][a-z]*)+|[A-Z]{2,8}|Codecs?|Scanner|Agents?|Transcoder|Sync|Database|Preferences):$/;
const PLEX_HOST = /^(?:[a-z\d-]+\.){0,3}(?:plex\.tv|plexapp\.com)(?::\d{1,5})?$/;
/** Text in quotes or brackets is a value. */
const VALUE = /'[^']*'|"[^"]*"|\[[^\]]*\]|\{.*\}|<[^>]*>/g;
/** The apostrophe of `couldn't` begins no quotation. */
const CONTRACTION = /(?<=[a-z])'(?=t\b)/g;

/** The plain words of a warning, fit to be kept: `FeatureManager: Couldn't get features. Trying again soon.`; equal for equal kinds. */
export function quoteOf(text: string): string {
  const words = text
    .replace(CONTRACTION, '\u2019')
    .replace(VALUE, ` ${LEFT_OUT} `)
    .split(/\s+/)
    .filter((word) => word !== '');
  let quote = '';
  let isLeftOut = false;
  for (const [index, word] of words.entries()) {
    const plain = plainWord(word, index === 0);
    if (plain === LEFT_OUT && isLeftOut) continue;
    isLeftOut = plain === LEFT_OUT;
    const next = `${quote === '' ? '' : ' '}${plain}`;
    if (quote.length + next.length > QUOTE_LIMIT)
      return `${quote} ${LEFT_OUT}`.replace(`${LEFT_OUT} ${LEFT_OUT}`, LEFT_OUT);
    quote += next;
  }
  return quote;
}

function plainWord(word: string, isFirst: boolean): string {
  if (isFirst && SPEAKER.test(word)) return word;
  const spelled = word.replaceAll('\u2019', "'");
  const [, opening = '', core = '', closing = ''] = /^(\(?)(.*?)([).,:;!?]*)$/.exec(spelled) ?? [];
  if (/^-?\d+(?:\.\d+)?(?:m?s)?$/.test(core)) return `${opening}N${closing}`;
  if (PLAIN_WORDS.has(core.toLowerCase()) || PLEX_HOST.test(core)) return spelled;
  return LEFT_OUT;
}
