import type { WarningTopic } from '../../core/model/traffic.ts';
import type { WarningLevel } from './levels.ts';

/** A moment of the log: `localMs` as written, read as if it were UTC; `utcMs` when the zone is known. */
export interface LogTime {
  readonly localMs: number;
  readonly utcMs: number | null;
}

/**
 * How a request ended. `failed`: `curl` is libcurl's code, or 0 where the log has none (plug-ins are Python, and old logs write
 * `(0, No error)` when the line with the code is missing); `text` is the client's own words without URLs, paths and hosts other
 * than the one asked for (those are `<other>`, which for a failed connection is the proxy) and with figures as `N`. `timeout`:
 * PMS says that it gave up waiting. `open`: requested, and its end is not in the log.
 */
export type PmsLogEnd =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly curl: number; readonly text: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'open' };

/** Requests that a PMS process made, one record for each distinct host, port, scheme, method and end. */
export interface PmsLogRequest {
  readonly scheme: 'https' | 'http';
  /** In lower case; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** `?` where the line does not name it: plug-ins, and failures known from `MyPlex: Error` alone. */
  readonly method: string;
  readonly ended: PmsLogEnd;
  readonly count: number;
  readonly firstAt: LogTime;
  readonly lastAt: LogTime;
  /**
   * The process that wrote the log: `Plex Media Server`, `Plex Media Scanner Matcher`, `com.plexapp.system`; `unknown` when
   * neither file name nor contents say.
   */
  readonly log: string;
}

/**
 * A state that PMS notes; repeats are left out until it changes or PMS starts anew. `value`: for `sign-in` and `mapping` PMS's
 * word (`ok`, `Unknown`), for `token` whether PMS has one for plex.tv (`present`, `none`), for `providers` the number of cloud providers online, for `provider` its name with `online` or
 * `offline`, for `provider-map` an agent with `added` or `removed`.
 */
export interface PmsLogState {
  readonly at: LogTime;
  readonly kind: 'sign-in' | 'token' | 'mapping' | 'providers' | 'provider' | 'provider-map';
  readonly value: string;
}

/** Warnings and errors that are about no request; equal ones together. `text`: plain words, without names, titles, paths and figures. */
export interface PmsLogWarning {
  readonly level: WarningLevel;
  readonly topic: WarningTopic;
  readonly text: string;
  readonly count: number;
  readonly firstAt: LogTime;
  readonly lastAt: LogTime;
  readonly log: string;
}

/**
 * An event of a scan. `started` and `refused`: PMS's answer to a refresh (`status` is the HTTP status; below 300 is `started`).
 * `activity`: PMS began to scan. `child`: a Plex Media Scanner was started. `skipped-path`: a path outside of the library,
 * repeats in a row left out. `finished`: an activity is complete, or a child ended (`status` is its exit code).
 */
export interface PmsLogScan {
  readonly at: LogTime;
  readonly kind: 'started' | 'refused' | 'activity' | 'child' | 'skipped-path' | 'finished';
  readonly section: string | null;
  readonly status: number | null;
  /** Of a child: the program's name, its flags and their plain numbers; never paths. */
  readonly command: string | null;
  /** The client that asked for the refresh. */
  readonly client: 'loopback' | 'other' | null;
}

/** All that one log tells. */
export interface PmsLogRecords {
  readonly requests: readonly PmsLogRequest[];
  readonly states: readonly PmsLogState[];
  readonly scans: readonly PmsLogScan[];
  readonly warnings: readonly PmsLogWarning[];
}

export type PmsLogFormat = 'server' | 'plugin' | 'old' | 'windows-old';

/** A program that began: PMS, one of its tools, or the framework of a plug-in. */
export interface PmsLogStart {
  readonly at: LogTime;
  readonly program: string;
  readonly version: string | null;
}

export interface PmsLogSummary {
  readonly lines: number;
  /**
   * Lines that should have been understood and were not. Further lines of a message and what a rotation or a growing file cut
   * are not among them.
   */
  readonly unread: { readonly count: number; readonly first: { readonly line: number; readonly rule: string } | null };
  /** Of the first message; `server` when there is none. */
  readonly format: PmsLogFormat;
  /** Of the last start line. */
  readonly version: string | null;
  /** East is positive. From the last start line, else as given. */
  readonly zoneOffsetMinutes: number | null;
  readonly zoneFrom: 'start-line' | null;
  readonly starts: readonly PmsLogStart[];
  readonly firstAt: LogTime | null;
  readonly lastAt: LogTime | null;
  /** Records beyond what is kept. */
  readonly notKept: number;
}
