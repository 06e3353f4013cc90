import type { Outcome } from './outcome.ts';
import type { CauseId } from './report.ts';

/** The words of one cause of the scan condition; diagnosis, `explain` and the documentation take them from here. */
export interface CauseWords {
  readonly title: string;
  readonly why: string;
  readonly judgedBy: string;
  /** What to do; `{hosts}` stands for the endpoints concerned. */
  readonly remedy: string;
  /** Checks whose warnings and failures say more about it: their texts join the evidence of a cause that stands. */
  readonly explainedBy: readonly string[];
}

export const CAUSE_WORDS: Readonly<Record<CauseId, CauseWords>> = {
  'scanner-bypasses-proxy': {
    title: 'A process of PMS goes around the proxy',
    why: 'Matching of new content runs in a child of PMS. When that child connects directly, the isolated network drops the connection and the proxy never hears of it.',
    judgedBy:
      'Ruled out when direct connections to the endpoints of a scan work, because then nothing stops a process that goes around the proxy. Possible when they are blocked. Likely when a child of PMS runs without the variables, or asks local DNS for a name that belongs to the proxy. Confirmed when a process of PMS was seen to connect there directly and to be stopped, or logged that it could not resolve that name, while the proxy was never asked.',
    remedy:
      'Until every process honours the proxy, let the PMS host reach {hosts} directly, or catch these connections transparently without decrypting them. Then run `reproduce` on a library with new content: what still goes around the proxy is listed.',
    explainedBy: [],
  },
  'excluded-by-no-proxy': {
    title: 'The variables themselves send an endpoint direct',
    why: 'An entry of no_proxy that covers an endpoint of Plex makes PMS connect to it directly, which an isolated network blocks.',
    judgedBy:
      'The rules of the libcurl that PMS bundles are applied to the variables. Confirmed when they send an endpoint of a scan direct and the direct connection failed.',
    remedy: 'Remove the entry of no_proxy that covers {hosts}, then restart PMS.',
    explainedBy: ['bare-name-entry'],
  },
  'proxy-not-in-process': {
    title: 'The proxy variables never reached PMS or its children',
    why: 'A process reads its environment once, at its start. Variables in a unit that was not reloaded, in a shell, or outside the container change nothing for a PMS that already runs.',
    judgedBy:
      'The environments of the running PMS and of its children are read. Confirmed when one of them names no proxy for an endpoint of a scan and the direct connection failed.',
    remedy:
      'Set https_proxy and http_proxy, in lower case, where PMS gets its environment (a drop-in of its unit, or the options of its container), run `systemctl daemon-reload` if it is a unit, and restart PMS.',
    explainedBy: ['uppercase-http-proxy', 'empty-variable'],
  },
  'proxy-denies': {
    title: 'The proxy refuses an endpoint',
    why: 'An allow-list without the endpoint (403), or a demand for credentials that PMS does not send (407), ends the request at the proxy.',
    judgedBy:
      'The endpoints of a scan are asked for through the proxy. Confirmed by a 403 or 407 on the way PMS takes, probed, or found in the log of the proxy or of PMS.',
    remedy:
      'Allow {hosts} on the proxy for the PMS host, by name and without authentication; or put credentials into the proxy variable.',
    explainedBy: [],
  },
  'proxy-unreachable': {
    title: 'The proxy cannot be reached, or cannot serve',
    why: 'A client that is configured for a proxy does not fall back to a direct connection. When the proxy does not resolve, connect or answer, everything fails.',
    judgedBy:
      'The proxy itself is probed first: its name, its port, and its answer to CONNECT. Confirmed when it cannot be reached, stays silent or does not speak HTTP; likely when it answers that it cannot resolve or connect itself.',
    remedy:
      'From the PMS host, make the proxy resolve, accept connections on its port and answer CONNECT; then check host, port and scheme in the variable, and the resolver and routes of the proxy itself.',
    explainedBy: [],
  },
  'tls-intercepted': {
    title: 'Somebody decrypts the connection',
    why: 'PMS accepts nobody in the middle of its TLS connections: the certificate must end at a root that PMS itself knows.',
    judgedBy:
      "The certificate chain of each route is verified against public roots and, where it is found, against the bundle of PMS. Confirmed when the chain on the way PMS takes ends at somebody else's root; possible when the handshake breaks off through the proxy.",
    remedy: 'Exclude {hosts} from TLS inspection (Squid: splice instead of bump).',
    explainedBy: [],
  },
  'not-signed-in': {
    title: 'PMS is not signed in',
    why: 'PMS decides about its sign-in earlier and refuses to refresh a music library without one; nothing is sent at the time of the scan.',
    judgedBy:
      'Only PMS knows: it is asked over its own HTTP API, and its log tells the last state before. Confirmed when it says that it is not signed in and has a library of music, or when PMS refused a scan as well; likely when it does not say which libraries it has, or when only its log says so; possible for other libraries. What PMS says now outranks its log.',
    remedy:
      'Once the way to plex.tv works, restart PMS or sign in again, and look at Settings > General for its state: PMS keeps what it found when it started.',
    explainedBy: [],
  },
  'provider-offline': {
    title: 'PMS counts its metadata provider as offline',
    why: 'PMS keeps a count of the cloud providers that are online. One that was unreachable earlier can stay offline after the network has been mended.',
    judgedBy:
      'Only PMS knows: its answer about its providers may tell, and its log tells how many were online last. Likely when the metadata provider is offline and a library needs it, or when by the log none was online; confirmed when PMS refused a scan as well. What PMS says now outranks its log.',
    remedy:
      'Once the way to {hosts} works, restart PMS so that it asks its providers again: it keeps what it found before.',
    explainedBy: [],
  },
  'dns-fails-locally': {
    title: 'The PMS host cannot resolve the endpoints',
    why: 'A client that uses the proxy leaves names to it. A client that goes direct has to resolve them itself, and fails at once where local DNS knows internal names only.',
    judgedBy:
      'The resolver of this host is asked for the endpoints of a scan. Confirmed when PMS goes direct and no address came back; possible when PMS uses the proxy, because then only a process that goes around it is hurt. Confirmed too when a process of PMS was seen to ask in vain, or when its log says so.',
    remedy:
      'Send every process of PMS through the proxy; where that cannot be done, let the resolver of the PMS host answer for {hosts}.',
    explainedBy: [],
  },
  'loopback-through-proxy': {
    title: "PMS's calls to itself go to the proxy",
    why: 'PMS, its scanner and its plug-ins talk to each other over HTTP on 127.0.0.1:32400. Without an entry in no_proxy these calls go to the proxy, whose 127.0.0.1 is another machine.',
    judgedBy:
      'The rules of the libcurl that PMS bundles are applied to localhost, 127.0.0.1 and ::1. Likely, also when such calls were seen at the proxy: that they break a scan is not proven. Confirmed when the proxy was seen to turn one away while PMS refused the scan that it was asked for.',
    remedy: 'Set no_proxy=localhost,127.0.0.1,::1,[::1] (and your own domains) for PMS, then restart it.',
    explainedBy: ['loopback-name-only', 'ipv6-loopback-spelling'],
  },
  'ipv6-differs': {
    title: 'One address family is blocked, the other is not',
    why: 'A client that tries IPv6 first, or only, fares differently from one that tries IPv4, so that the same network works for one process and not for another.',
    judgedBy:
      'The direct route is tried over IPv4 and IPv6 separately. Likely when the families differ and PMS goes direct, possible when PMS uses the proxy or a scan got through all the same. Confirmed when a process of PMS was seen to fail over one family while the endpoint answers over the other.',
    remedy:
      'Treat IPv4 and IPv6 alike in the packet filter: for {hosts} either both pass, or both are rejected at once.',
    explainedBy: [],
  },
  'endpoint-down': {
    title: 'The endpoint itself does not answer',
    why: "When Plex's own service fails, no setting here helps.",
    judgedBy:
      'An endpoint of a scan fails in the same way on both routes, in a way that is not explained by this network: likely when other endpoints work directly, possible when the direct route is closed for everything.',
    remedy: 'Try again later, and look at status.plex.tv for a disruption that concerns {hosts}.',
    explainedBy: [],
  },
};

const ALLOW_OR_PROXY =
  'Nothing, when PMS uses the proxy and the proxy route works: an isolated network is meant to do this. Otherwise open the packet filter for the endpoint, or configure the proxy.';

/** What to do about an outcome; the meanings stand beside the outcomes themselves. */
export const OUTCOME_ADVICE: Readonly<Record<Outcome, string>> = {
  ok: 'Nothing.',
  unresolved:
    'Nothing, when PMS uses the proxy: it leaves names to it. Otherwise look at /etc/resolv.conf and at the name server that it names.',
  refused: ALLOW_OR_PROXY,
  prohibited: ALLOW_OR_PROXY,
  'no-route': ALLOW_OR_PROXY,
  'no-reply': ALLOW_OR_PROXY,
  'proxy-unreachable': 'Check host and port of the proxy in the variables, and that it runs and accepts this host.',
  'proxy-silent': 'Look at the log and the load of the proxy, and check that its port is that of a proxy.',
  'proxy-auth': 'Let the PMS host through without authentication, or put user and password into the variable.',
  denied: 'Allow the endpoint on the proxy if it is needed; the column of what it is needed for says so.',
  'proxy-error': 'Resolve and reach the endpoint from the machine of the proxy; the code repeats what the proxy said.',
  'tls-untrusted':
    'Look at the issuer: an expired or private certificate of the endpoint, or a root that is missing here.',
  intercepted: 'Exclude the endpoint from TLS inspection: PMS accepts nobody in the middle.',
  'tls-failed': 'Look at the code: a filter that cuts the handshake, or a server that speaks another protocol.',
  cut: 'Look for a filter that judges by name (SNI) and resets the connection.',
  stalled: 'Look for a filter that drops silently after the connection, and for a path that loses large packets (MTU).',
  captive: 'Sign in at the portal, or exempt this host from it.',
  'not-run': 'Look at the code: it says what was missing.',
};
