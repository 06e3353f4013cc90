import { PSEUDONYM } from './pseudonym-kinds.ts';
import { isCommonWord } from './names.ts';
import type { Pass } from './pass.ts';

/**
 * Words that programs say on every machine: of libcurl, OpenSSL, Node.js, proxies, PMS and HTTP. Text of others keeps these and nothing else,
 * because a banner, a realm or an error page can hold any name.
 */
const WORDS: ReadonlySet<string> = new Set(
  // small words
  (
    'a about above accept accepted access account across active actively added address addresses after again against agent agents all allow allowed ' +
    'already also an and another any api application are argument arguments array as asked assignment at attempt attempts auth authenticate ' +
    'authenticated authentication authority authorization authorized available away back bad base basic be because been before begin behind being ' +
    'below between binary bit blocked body both bound broken browser buffer but by byte bytes cache cached call called can cannot cause cert ' +
    'certificate certificates chain change changed character characters check checked claimed class client clients close closed closing code ' +
    'command comma custom complete completed config configuration configure configured connect connected connecting connection connections constructor contact content ' +
    'control copy core could couldn count current cut data database date debug decode default defined delay delete denied deny depth detail ' +
    'details detected device did different digest digit direct directory disabled disconnected do document does doesn domain don done down duplicate during each ' +
    'early element empty enabled encoding end ended endpoint engine enter entry env environment error errors event every exceeded exist exists exit ' +
    'expected expire expired expression extension extra fail failed failure failures false fatal feature field file files filter find finish ' +
    'finished first flag folder for forbidden form format found free from full function gateway gave get give given go got granted greater ' +
    'group had handler handshake has have having head header headers here high hit host hostname hosts how html http https identifier identity if ' +
    'illegal in inbound incomplete indent indentation index inet info inside inspect inspection instead integer interface internal internet interrupted into ' +
    'invalid is isn issuer issue it item items its job join json just keep key keys kind known label large last later layer least left length less ' +
    'level library like limit limits line lines list listen listening literal load loaded local locality located location log login long lookup loop ' +
    'lost low made make many map mapped mapping match matches matching maximum may meant media memory message messages metadata method middle ' +
    'minimum miss missing mode module more most movie movies moved much multiple music must name named names needed needs negative negotiate nested ' +
    'net network never new next no node non none not nothing now null number numbers object of off offline offset ok old on once one online only ' +
    'open opened operation option optional options or order origin other others out outbound outside over packet page parameter parse parser part ' +
    'partial pass password path pattern payload peer per perform performing perhaps permanent permission permitted persistent phase pid place plain ' +
    'please plug plugin plugins pms point policy port ports position possible premature prefix present preview problem process program property ' +
    'protocol provider providers proxied proxy proxies public published purpose put queue query quic quote quoted range raw reach reached read reading ready reason ' +
    'receive received recent recognized record redirect redirected reference refresh refused regular reject rejected relay remote removed repeated reply ' +
    'request requested requesting requests require required requires reset resolve resolved resolver resolving resource respond responded response responses ' +
    'result retry return returned revoked right root route rule running safe same scalar scan scanned scanner schema scheme secs second seconds section ' +
    'secure see seen select self send sending sent sequence series server servers service session set setting settings shared should show shows shut shutdown side sign ' +
    'signed signature silent simple simulating since single site size slow so socket some source space spaces stage standard start started starting state ' +
    'status stopped store stream string subject success successful such supported switch switching symbol syntax system tab table tag tags take ' +
    'taken target task tcp temporarily temporary terminated test text than that the their them then there these they thing this thread through ' +
    'time timed timeout timestamp timestamps times tls to token tokens too top total traffic transfer true trust trusted try trying tunnel tunneling type udp unable ' +
    'unauthorized unavailable unclosed under undefined unescaped unexpected unit unknown unmapped unpublished unreachable unreadable unresolved unsupported until unused up update upstream url ' +
    'urls usage use used user username users using utf valid value values verb verification verified verify version versions via video wait waited ' +
    'waiting want wanted wants warning was way web were what when where which while whitespace who why will with within without word words work works would write ' +
    'writing written wrong xml yaml yes yet you your zero zone ' +
    // the condition, in PMS's words
    'scanning signing signed-in again later right library libraries contact provider online offline unreachable account claimed unclaimed ' +
    // PMS's plug-ins, and Python, in which they are written
    'download downloaded downloading exception exceptions gaierror httperror keyword keywords raise raised search searched searching traceback ' +
    'urlerror urllib urllib2 urlopen ' +
    // libcurl, OpenSSL, Node.js
    'aborted alert alpn anon asn1 callback ca cacert cafile capath cipher compression curl curle curl_easy_perform couldnt cryptographic decrypt decryption dh dns easy ec ecdh enc eof epipe err ' +
    'econnrefused econnreset econnaborted etimedout enotfound eai_again ehostunreach enetunreach eproto errno getaddrinfo nodename servname nor provided famil ' +
    'generic got2 hello ioctl iframe idle inappropriate infinity init intermediate issuer_cert leaf legacy libcurl mac milliseconds mismatch ms n nan nghttp2 nss ocsp openssl padding parse_error ' +
    'pem perform pinned pipe post public_key renegotiation rsa schannel secp sha1 sha256 sha384 sha512 sni socks socks4 socks4a socks5 socks5h ssl ssl23 ssl3 sslv3 st syscall timedout timeouts tlsv1 tlsv13 tlsv12 truncated unsafe ' +
    'untrusted urlencoded verifying weak weird x509 x certificate_unknown bogus chunk chunked continue gzip deflate br identity keepalive alive lifetime altname subjectaltname ip depth0 ' +
    'leaf_signature locally get_local issuer_certificate local_issuer enoent eacces eperm eisdir enotdir enospc erofs emfile operationnotpermitted prohibited admin administratively ' +
    'referenceerror typeerror syntaxerror rangeerror urierror evalerror internalerror aggregateerror iterable nullish undefinedvariable ' +
    'reading properties convert circular structure stringify json5 numeric regexp invalidated infinite recursion overflow stack exceeded maximumcall quickjs pac findproxyforurl ' +
    // proxies and servers
    'squid privoxy tinyproxy haproxy nginx apache envoy varnish traefik caddy openresty litespeed iis microsoft isa tmg forefront cisco ironport wsa bluecoat proxysg proxyav symantec zscaler ' +
    'fortinet fortigate fortiproxy paloalto palo alto networks sophos utm mcafee skyhigh websense forcepoint barracuda checkpoint watchguard untangle smoothwall opnsense pfsense e2guardian dansguardian squidguard ' +
    'clearswift netskope umbrella mitmproxy polipo 3proxy ccproxy wingate smokescreen stripe istio linkerd kong akamai akamaighost ats trafficserver cloudflare cloudfront amazon amazons3 ' +
    'awselb elb google gfe gws esf sffe uploadserver fastly bunnycdn keycdn cowboy kestrel jetty tomcat werkzeug gunicorn uvicorn python simplehttp basehttp node express plex unix ubuntu debian centos ' +
    'ftp ftps sftp smb nfs fedora redhat red hat win32 win64 linux freebsd openssl mod_ssl php perl deno bun go java curl wget mozilla dv hier_direct tcp_denied tcp_miss tcp_tunnel tcp_hit aborted hits misses from memory refresh stale revalidated ' +
    'negotiate ntlm kerberos bearer digest basic nonce opaque realm algorithm md5 sha qop stale charset rspauth proxy-authenticate ' +
    'dns_error dns_timeout connection_refused connection_terminated connection_timeout destination_unavailable destination_not_found http_request_denied http_request_error http_response_incomplete proxy_internal_error ' +
    'proxy_internal_response proxy_loop_detected proxy_configuration_error tls_certificate_error tls_protocol_error tls_alert_received details rcode received-status next-hop next hop ' +
    // libraries, agents and scanners of Plex
    'tv com org plexapp agents imdb thetvdb themoviedb localmedia lastfm htbackdrops opensubtitles musicbrainz personal personalmedia fanart tmdb photos photo artist show episode season album track movie home videos audio ' +
    'hama absolute agent scanner premium music legacy stream files series none tvdb anidb myplex myplex_signin signin reachable mappingstate unknown published failed mapped waiting notpublished invalidtoken ' +
    'cloud epg vod watchlist discover metadata social mediaverse sync streaming secret sauce radio station news podcasts tidal provider watch recommendations'
  ).split(/\s+/),
);

const TOKEN = /[\p{L}\p{N}_]+/gu;
/** Unknown words that stand side by side are one name. */
const BETWEEN = /^[ .'_-]{1,2}$/;
const SHORT = 2;
/** `3c5a4b4d4c2f` is no word that was put together. */
const MAX_PARTS = 6;

function isAscii(word: string): boolean {
  return /^[!-~]*$/.test(word);
}

/** Whether a word says nothing about its machine. */
export function isKnownWord(word: string): boolean {
  if ((word.length <= SHORT && isAscii(word)) || /^\d{1,6}$/.test(word) || isCommonWord(word)) return true;
  const lower = word.toLowerCase();
  if (WORDS.has(lower)) return true;
  // ERR_ACCESS_DENIED, sslv3_alert, HandshakeFailure, http2, reading's plural.
  const parts = word
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/_+|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/u);
  return (
    parts.length > 1 &&
    parts.length <= MAX_PARTS &&
    parts.every((part) => part.length < SHORT || /^\d{1,6}$/.test(part) || WORDS.has(part))
  );
}

/** The unknown words of a text, each run of them as one name. */
export function unknownWords(text: string): readonly string[] {
  return runsOf(text.replace(PSEUDONYM, ' ')).map(([start, end]) => text.slice(start, end));
}

/** Replaces the words that are not known by names that are numbered. */
export function hideUnknown(text: string, pass: Pass, isOpen: (word: string) => boolean = () => false): string {
  return hideWords(text, pass, (word) => isKnownWord(word) || isOpen(word));
}

/** Replaces the words that are not open by names that are numbered. */
export function hideWords(text: string, pass: Pass, isOpen: (word: string) => boolean): string {
  let clean = '';
  let at = 0;
  for (const [start, end] of runsOf(text, isOpen)) {
    clean += text.slice(at, start) + pass.pseudonym('name', text.slice(start, end).toLowerCase());
    at = end;
  }
  return clean + text.slice(at);
}

function runsOf(
  text: string,
  isOpen: (word: string) => boolean = isKnownWord,
): readonly (readonly [start: number, end: number])[] {
  const runs: [number, number][] = [];
  for (const found of text.matchAll(TOKEN)) {
    if (isOpen(found[0])) continue;
    const end = found.index + found[0].length;
    const last = runs.at(-1);
    if (last && BETWEEN.test(text.slice(last[1], found.index))) last[1] = end;
    else runs.push([found.index, end]);
  }
  return runs;
}
