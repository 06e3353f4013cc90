import * as z from 'zod/mini';
import { OUTCOMES } from './outcome.ts';
import { addressScopeSchema } from './scope.ts';
import { list, obj } from './schema.ts';

/** What PMS really did, as others saw it: sockets, packets, the log of the proxy, PMS's own log. */

/** How traffic was seen. */
export const WATCHER_KINDS = ['socket', 'capture', 'sealed-network', 'access-log', 'pms-log'] as const;
export type WatcherKind = (typeof WATCHER_KINDS)[number];

/** One source of what was seen: live sockets, a live capture, or a file. */
export const watcherSchema = obj({
  kind: z.enum(WATCHER_KINDS),
  /** `sockets of 3 processes, every 100 ms`, `packets of the network of pid 812`, or the name of a file. */
  source: z.string(),
  /** Period that was watched, ISO 8601; null when it is not known. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  /**
   * Which connections this would have shown. `direct`: those around the proxy. `proxy`: those to the proxy with the names that were
   * asked of it. Only who would have seen a request may say that it was never made.
   */
  shows: list(z.enum(['direct', 'proxy'])),
  /** One sentence for each thing that this way of watching can miss. */
  misses: list(z.string()),
  /** One sentence for each trouble: lines that could not be read, a file that ends inside a packet, a step that lacked a right. */
  problems: list(z.string()),
});
export type Watcher = z.infer<typeof watcherSchema>;

/**
 * Where a name of a flow was read, the surest first: what the client itself said to the server (`sni`) or to the proxy (`connect`, `socks`,
 * `host`), what the proxy wrote down, a DNS answer that gave the client this address, and our own lookup of the catalogue, which is inferred.
 */
export const NAME_SOURCES = ['sni', 'connect', 'socks', 'host', 'access-log', 'dns', 'lookup'] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

export const flowNameSchema = obj({
  name: z.string(),
  source: z.enum(NAME_SOURCES),
  /** The public name of an encrypted ClientHello: the true one is hidden. */
  outer: z.boolean(),
});
export type FlowName = z.infer<typeof flowNameSchema>;

/**
 * How a flow was given to a process. socket: the process held its socket. dns: it held the socket of the DNS question that gave the address.
 * elimination: it was the only process of PMS that lived just around these packets, or (pid null) nobody was seen to make the connection and
 * its program made all the others of that kind. network: everything in this network namespace is of PMS.
 */
export const ATTRIBUTIONS = ['socket', 'dns', 'elimination', 'network'] as const;

/** A connection that somebody else made and we saw; equal ones are counted. */
export const flowShape = {
  /** Name of the program file; null: not known. */
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  attribution: z.nullable(z.enum(ATTRIBUTIONS)),
  transport: z.enum(['tcp', 'udp']),
  family: z.nullable(z.union([z.literal(4), z.literal(6)])),
  /** Address of who opened it. */
  client: z.nullable(z.string()),
  /** What it was opened to: the proxy itself on route `proxy`. null: the log does not say. */
  address: z.nullable(z.string()),
  scope: z.nullable(addressScopeSchema),
  /** Port of `address`; on route `proxy` null where only the log of the proxy saw it. */
  port: z.nullable(z.int()),
  /** tls, quic, http, http-proxy, socks, dns, ntp, ssdp, gdm, mdns, nat-pmp, dtls, ssh; null: not recognised. */
  protocol: z.nullable(z.string()),
  /** Names of whom it was meant for, the surest first; several of source `dns` or `lookup` are all that it could have been. */
  names: list(flowNameSchema),
  /** The port meant: that of the CONNECT request on route `proxy`, else `port`. */
  targetPort: z.nullable(z.int()),
  route: z.enum(['proxy', 'direct', 'lan', 'loopback']),
  /** What became of it; `ok`: connected, and on route `proxy` the proxy let it through. null: not seen. */
  outcome: z.nullable(z.enum(OUTCOMES)),
  /** The word behind the outcome: `admin-prohibited`, `TCP_DENIED`, `ERR_DNS_FAIL`, `error:invalid-request`. */
  code: z.nullable(z.string()),
  /** The proxy's answer: HTTP status, or SOCKS reply. */
  status: z.nullable(z.int()),
  /** Connections of this kind. */
  count: z.int(),
  /** Tries to connect: SYNs with their retransmissions. Equals `count` where nobody saw packets. */
  tries: z.int(),
  /** ISO 8601. */
  firstAt: z.nullable(z.string()),
  lastAt: z.nullable(z.string()),
  seenBy: list(z.enum(WATCHER_KINDS)),
};
export const flowSchema = obj(flowShape);
export type Flow = z.infer<typeof flowSchema>;
export type FlowRoute = Flow['route'];

/** A DNS question that was seen, with all its answers. */
export const dnsQuestionSchema = obj({
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  client: z.nullable(z.string()),
  server: z.string(),
  serverScope: z.nullable(addressScopeSchema),
  name: z.string(),
  /** A, AAAA, HTTPS, … */
  type: z.string(),
  /** `answered`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, `no address`, `no reply`. */
  result: z.string(),
  addresses: list(z.string()),
  count: z.int(),
  firstAt: z.nullable(z.string()),
  lastAt: z.nullable(z.string()),
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
  log: z.string(),
  scheme: z.enum(['https', 'http']),
  host: z.string(),
  port: z.int(),
  method: z.string(),
  /** The status of the answer; null when there was none. */
  status: z.nullable(z.int()),
  /** libcurl's error number (CURLcode); null when it was answered or its end is not in the log. */
  curl: z.nullable(z.int()),
  /** libcurl's own words, or `timeout`; null as above. */
  error: z.nullable(z.string()),
  outcome: z.nullable(z.enum(OUTCOMES)),
  count: z.int(),
  firstAt: z.nullable(z.string()),
  lastAt: z.nullable(z.string()),
});
export type PmsRequest = z.infer<typeof pmsRequestSchema>;

export const pmsStateSchema = obj({
  at: z.nullable(z.string()),
  kind: z.enum(['sign-in', 'mapping', 'providers', 'provider', 'provider-map']),
  value: z.string(),
});
export type PmsState = z.infer<typeof pmsStateSchema>;

export const pmsScanSchema = obj({
  at: z.nullable(z.string()),
  kind: z.enum(['started', 'refused', 'activity', 'child', 'skipped-path', 'finished']),
  section: z.nullable(z.string()),
  status: z.nullable(z.int()),
  /** For a child: program and flags, never a path. */
  command: z.nullable(z.string()),
});
export type PmsScan = z.infer<typeof pmsScanSchema>;

/**
 * Times are ISO 8601 in UTC (`2026-11-22T14:03:11.123Z`) where the zone of the log is known, else the local time as written, without a
 * zone (`2026-11-22T14:03:11.123`): that is no point in time and cannot be compared with other sources.
 */
export const pmsLogSchema = obj({
  files: list(
    obj({
      name: z.string(),
      version: z.nullable(z.string()),
      /** Offset of its local time, by its start line; null: times are as written, zone unknown. */
      zoneOffsetMinutes: z.nullable(z.int()),
      from: z.nullable(z.string()),
      to: z.nullable(z.string()),
      lines: z.int(),
      unread: z.int(),
    }),
  ),
  requests: list(pmsRequestSchema),
  /** In order of time; the last of a kind is how it stands at the end of the log. */
  states: list(pmsStateSchema),
  scans: list(pmsScanSchema),
  /** Seconds to add to the proxy's times to get PMS's, where both logs were there and told it; null: not known. */
  proxyClockOffsetSeconds: z.nullable(z.number()),
});
export type PmsLog = z.infer<typeof pmsLogSchema>;
