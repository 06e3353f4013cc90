import * as z from 'zod/mini';
import { OUTCOMES, ROUTES } from './outcome.ts';
import { addressScopeSchema } from '../values/scope.ts';
import {
  codeWord,
  describedIfLive,
  file,
  host,
  privateInt,
  program,
  remark,
  said,
  shaped,
  text,
  time,
  version,
  word,
} from './privacy.ts';
import { list, obj } from './schema.ts';

/** PMS's traffic as watchers saw it: sockets, packets, the log of the proxy, PMS's own log. */

/** How traffic was seen. */
export const WATCHER_KINDS = ['trace', 'socket', 'capture', 'sealed-network', 'access-log', 'pms-log'] as const;
export type WatcherKind = (typeof WATCHER_KINDS)[number];

/**
 * Why an attempt of PMS is not shown, or not with its process. `no-owner`: connections that no process was seen to hold. `unseen`: connections
 * of PMS's network, its own and others', that the kernel counted and this watcher did not show. `lost`: records or packets that came faster
 * than they were read. `not-followed`: milliseconds in which PMS was not followed, as when it starts anew. `before`: datagrams of sockets that
 * were connected before the watching began.
 */
const MISS_REASONS = ['no-owner', 'unseen', 'lost', 'not-followed', 'before'] as const;

/** How many attempts of PMS's processes a watcher did not show, or not with their process. */
const missedSchema = obj({
  /** null: not known. */
  attempts: z.nullable(z.int()),
  /** Attempts that it did show with their process. */
  shown: z.int(),
  /** The gaps by their reason. `count` null: some, but their number is not known. */
  reasons: list(obj({ reason: z.enum(MISS_REASONS), count: z.nullable(z.int()) })),
});

/**
 * A proof of completeness: every connection within these bounds was seen with its process, so a connection that is not listed did not happen. It speaks of
 * connections, and of datagrams where `transports` says so, not of what is asked over them: a name may be unknown.
 */
export const coverageSchema = obj({
  /** PMS and all that it started, wherever that hangs by now. */
  processes: z.literal('tree'),
  transports: list(z.enum(['tcp', 'udp'])),
  families: list(z.union([z.literal(4), z.literal(6)])),
  /** Every network namespace, and every user. */
  place: z.literal('everywhere'),
  from: time(),
  to: time(),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** One source of what was seen: live sockets, a live capture, or a file. */
export const watcherSchema = describedIfLive({
  kind: z.enum(WATCHER_KINDS),
  /** `sockets of 3 processes, every 100 ms`, `packets of the network of pid 812`, or the name of a file. */
  source: file(),
  /** It watched what happened meanwhile, so that `source` is a description and no file. */
  live: z.optional(z.boolean()),
  /** Period that was watched, ISO 8601; null when it is not known. */
  from: z.nullable(time()),
  to: z.nullable(time()),
  /**
   * Which connections this would have shown. `direct`: those around the proxy. `proxy`: those to the proxy with the names that were
   * asked of it. Only a watcher that would have seen a request can show that it was never made.
   */
  shows: list(z.enum(['direct', 'proxy'])),
  /** One sentence for each thing that this way of watching can miss. */
  misses: list(remark()),
  /** Only of live watching. */
  missed: z.optional(missedSchema),
  /** The connections whose absence is proven; missing or empty: none. */
  covers: z.optional(list(coverageSchema)),
  /** One sentence for each trouble: a step that lacked a right, a format that names no hosts, clients that cannot be told apart. */
  problems: list(remark()),
  /** The same for what is wrong with its files: lines that could not be read, an end inside a packet. The list of files read has these too. */
  fileProblems: z.optional(list(remark())),
});
export type Watcher = z.infer<typeof watcherSchema>;

/**
 * Where a name of a flow was read, the surest first: what the client itself said to the server (`sni`) or to the proxy (`connect`, `socks`,
 * `host`), what the proxy wrote down, a DNS answer that gave the client this address, and our own lookup of the catalogue, which is inferred.
 */
export const NAME_SOURCES = ['sni', 'connect', 'socks', 'host', 'access-log', 'dns', 'lookup'] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

export const flowNameSchema = obj({
  name: host(),
  source: z.enum(NAME_SOURCES),
  /** The public name of an encrypted ClientHello: the true one is hidden. */
  outer: z.boolean(),
});
export type FlowName = z.infer<typeof flowNameSchema>;

/**
 * How a flow was given to a process. trace: the kernel told which process connected. socket: the process held its socket. dns: it held the socket of the DNS question that gave the address.
 * elimination: deduced, because only this process of PMS was running around these packets, or (pid null) because its program made all other
 * connections of this kind. network: every connection in this network namespace is PMS's.
 */
export const ATTRIBUTIONS = ['trace', 'socket', 'dns', 'elimination', 'network'] as const;

/** A connection of another program that we saw; equal ones are counted. */
export const flowShape = {
  /** Name of the program file; null: not known. */
  process: z.nullable(program()),
  pid: z.nullable(z.int()),
  attribution: z.nullable(z.enum(ATTRIBUTIONS)),
  transport: z.enum(['tcp', 'udp']),
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  /** Address of who opened it. */
  client: z.nullable(host()),
  /** The address it was opened to: the proxy itself on route `proxy`. null: the log does not say. */
  address: z.nullable(host()),
  scope: z.nullable(addressScopeSchema),
  /** Port of `address`; on route `proxy` null where only the log of the proxy saw it. */
  port: z.nullable(z.int()),
  /** tls, quic, http, http-proxy, socks, dns, ntp, ssdp, gdm, mdns, nat-pmp, dtls, ssh; null: not recognised. */
  protocol: z.nullable(word()),
  /** Names of its target, the surest first; several of source `dns` or `lookup` are all candidates. */
  names: list(flowNameSchema),
  /** The port meant: that of the CONNECT request on route `proxy`, else `port`. */
  targetPort: z.nullable(z.int()),
  route: z.enum(['proxy', 'direct', 'lan', 'loopback']),
  /** Its outcome; `ok`: connected, and on route `proxy` the proxy let it through. null: not seen. */
  outcome: z.nullable(z.enum(OUTCOMES)),
  /** The word behind the outcome: `admin-prohibited`, `TCP_DENIED`, `ERR_DNS_FAIL`, `error:invalid-request`. */
  code: z.nullable(codeWord()),
  /** The proxy's answer: HTTP status, or SOCKS reply. */
  status: z.nullable(z.int()),
  /** Connections of this kind. */
  count: z.int(),
  /** Tries to connect: SYNs with their retransmissions. Equals `count` where packets were not watched. */
  tries: z.int(),
  /** ISO 8601. */
  firstAt: z.nullable(time()),
  lastAt: z.nullable(time()),
  seenBy: list(z.enum(WATCHER_KINDS)),
};
export const flowSchema = obj(flowShape);
export type Flow = z.infer<typeof flowSchema>;
export type FlowRoute = Flow['route'];

/** A DNS question that was seen, with all its answers. */
export const dnsQuestionSchema = obj({
  process: z.nullable(program()),
  pid: z.nullable(z.int()),
  client: z.nullable(host()),
  server: host(),
  serverScope: z.nullable(addressScopeSchema),
  name: host(),
  /** A, AAAA, HTTPS, … */
  type: word(),
  /** `answered`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, `no address`, `no reply`. */
  result: shaped(/^(?:[A-Z]+\d*|answered|no address|no reply)$/),
  addresses: list(host()),
  count: z.int(),
  firstAt: z.nullable(time()),
  lastAt: z.nullable(time()),
});
export type DnsQuestionSeen = z.infer<typeof dnsQuestionSchema>;

export const trafficSchema = obj({
  watchers: list(watcherSchema),
  flows: list(flowSchema),
  questions: list(dnsQuestionSchema),
  /** Flows beyond what is kept; they were counted and then left out. */
  omitted: z.int(),
});
export type Traffic = z.infer<typeof trafficSchema>;

// ── PMS's own log ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** How a request ended by PMS's own word. */
export const pmsRequestSchema = obj({
  /** Which log: `Plex Media Server`, `Plex Media Scanner Matcher`, `com.plexapp.system`. */
  log: program(),
  scheme: z.enum(['https', 'http']),
  host: host(),
  port: z.int(),
  method: shaped(/^[A-Z]+$/),
  /** The status of the answer; null when there was none. */
  status: z.nullable(z.int()),
  /** libcurl's error number (CURLcode); null when it was answered or its end is not in the log. */
  curl: z.nullable(z.int()),
  /** libcurl's own words, or `timeout`; null as above. */
  error: z.nullable(said()),
  outcome: z.nullable(z.enum(OUTCOMES)),
  /** By the target that curl names in its words; null: they do not tell. */
  route: z.optional(z.nullable(z.enum(ROUTES))),
  count: z.int(),
  firstAt: z.nullable(time()),
  lastAt: z.nullable(time()),
});
export type PmsRequest = z.infer<typeof pmsRequestSchema>;

/** The code for the name of the target itself; the name of a proxy has one of its own (5), and a timeout tells of neither. */
export const CURLE_COULDNT_RESOLVE_HOST = 6;

export const pmsStateSchema = obj({
  at: z.nullable(time()),
  kind: z.enum(['sign-in', 'token', 'mapping', 'providers', 'provider', 'provider-map']),
  value: said(),
});
export type PmsState = z.infer<typeof pmsStateSchema>;

/**
 * The topic of a warning of PMS. `port`: PMS could not open a port of its own. `ipv4-only`: it serves IPv4 alone. `plugin-resources`: the list of resources that the plug-in system
 * fetches from resources-cdn.plexapp.com. `plugin-exception`: a plug-in gave up what it did. `unknown`: not understood.
 */
export const WARNING_TOPICS = [
  'port',
  'ipv4-only',
  'plugin-resources',
  'codecs',
  'event-stream',
  'features',
  'remote-access',
  'certificate',
  'database',
  'plugin-exception',
  'unknown',
] as const;
export type WarningTopic = (typeof WARNING_TOPICS)[number];

/** Warnings and errors in PMS's log that are about no request that it names; equal ones together. */
export const pmsWarningSchema = obj({
  log: program(),
  level: z.enum(['warning', 'error']),
  topic: z.enum(WARNING_TOPICS),
  /** Its plain words: names, titles, paths and figures are left out. */
  text: said(),
  count: z.int(),
  firstAt: z.nullable(time()),
  lastAt: z.nullable(time()),
});
export type PmsWarning = z.infer<typeof pmsWarningSchema>;

export const pmsScanSchema = obj({
  at: z.nullable(time()),
  kind: z.enum(['started', 'refused', 'activity', 'child', 'skipped-path', 'finished']),
  section: z.nullable(shaped(/^\d+$/)),
  status: z.nullable(z.int()),
  /** For a child: program and flags, never a path. */
  command: z.nullable(text()),
});
export type PmsScan = z.infer<typeof pmsScanSchema>;

/**
 * Times are ISO 8601 in UTC (`2026-11-22T14:03:11.123Z`) where the zone of the log is known, else the local time as written, without a
 * zone (`2026-11-22T14:03:11.123`): that is no point in time and cannot be compared with other sources.
 */
export const pmsLogSchema = obj({
  files: list(
    obj({
      name: file(),
      version: z.nullable(version()),
      /** Offset of its local time, by its start line; null: times are as written, zone unknown. */
      zoneOffsetMinutes: z.nullable(privateInt()),
      from: z.nullable(time()),
      to: z.nullable(time()),
      lines: z.int(),
      unread: z.int(),
    }),
  ),
  requests: list(pmsRequestSchema),
  /** In order of time; the last of a kind is how it stands at the end of the log. */
  states: list(pmsStateSchema),
  scans: list(pmsScanSchema),
  /** Missing: the log was read by a version that did not look for them. */
  warnings: z.optional(list(pmsWarningSchema)),
  /** Each new start of PMS itself, in order of time. */
  starts: z.optional(list(obj({ at: z.nullable(time()), version: z.nullable(version()) }))),
  /** Seconds to add to the proxy's times to get PMS's, where both logs were there and told it; null: not known. */
  proxyClockOffsetSeconds: z.nullable(z.number()),
});
export type PmsLog = z.infer<typeof pmsLogSchema>;
