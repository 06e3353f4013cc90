import type { AccessEntry } from './entry.ts';

/** Reads the log of one proxy in chunks of any size into distinct requests. Nothing throws, and memory is bounded. */
export interface AccessLogParser {
  push(chunk: Uint8Array): void;
  /** To be called once, behind the last chunk. */
  end(): AccessLogSummary;
  /** In the order of their first line; only those of some clients when these are given, and for the names that are accepted. */
  entries(clients?: readonly string[] | null, accepts?: AcceptsName | null): readonly AccessEntry[];
  /** Most requests first. */
  clientsSeen(): readonly ClientCount[];
}

export interface AccessLogOptions {
  /** Only entries of these clients, as they are logged. All are counted in `clientsSeen`. */
  readonly clients?: readonly string[];
  readonly maxEntries?: number;
}

/** The year and zone to assume for a log whose times lack them. */
export interface LocalTime {
  /** Of a time without a year the last one that is not after this. null: entries get no times. */
  readonly nowMs: number | null;
  /** How far the log's local time is ahead of UTC. */
  readonly utcOffsetMinutes?: number;
}

/** Whether entries for this host are asked for. */
export type AcceptsName = (name: string) => boolean;

export interface UnreadLines {
  readonly count: number;
  /** The first of them; line and column count from 1. */
  readonly first: { readonly line: number; readonly column: number; readonly rule: string } | null;
}

export interface AccessLogSummary {
  /** The name of the format, or its codes when it has no name. */
  readonly format: string;
  /** Lines that are not empty, those that could not be read among them. */
  readonly lines: number;
  readonly unread: UnreadLines;
  /** Of all lines that were read, for every client. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly clients: number;
  /** Lines that were read but have no entry, because the table was full. */
  readonly notKept: number;
  /** Facts that the format itself leaves open, one sentence each. */
  readonly remarks: readonly string[];
  /** Whether its lines say for which host they are. */
  readonly namesHosts: boolean;
  /** Why its format is not sure, as one sentence: what it does not show may still have been asked. null: it is sure. */
  readonly guess: string | null;
}

export interface ClientCount {
  readonly client: string;
  readonly count: number;
  /** Requests for plex.tv and its subdomains, by which a Plex Media Server is found. */
  readonly plexCount: number;
}

export const NO_ZONE = 'its times name no zone and no year: those of this machine are assumed';
