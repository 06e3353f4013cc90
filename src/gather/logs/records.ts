import type { DnsQuestionSeen, Flow } from '../../core/traffic.ts';
import type { CaptureSummary } from '../../parse/capture.ts';
import type { AccessEntry, AccessLogSummary } from '../../parse/squid-log.ts';
import type { ClientSeen } from './clients.ts';
import type { ReadPmsLog } from './pms-logs.ts';

export type FileKind =
  | 'pcap'
  | 'pcapng'
  | 'squid'
  | 'tinyproxy'
  | 'pms-log'
  | 'zip'
  | 'gzip'
  | 'evidence'
  | 'report'
  | 'squid-conf'
  | 'empty'
  | 'unknown';

/** What became of one file. */
export interface ReadFile {
  /** As given; in a ZIP, `logs.zip/Plex Media Server.log`. Safe to print. */
  readonly path: string;
  readonly kind: FileKind;
  readonly state: 'read' | 'partly' | 'not-read';
  /** One line: what was not read, where, what was expected, what to do; for `read` what is worth knowing. */
  readonly note: string | null;
}

export interface CaptureRecord {
  readonly path: string;
  readonly summary: CaptureSummary;
  readonly flows: readonly Flow[];
  readonly omitted: number;
  readonly questions: readonly DnsQuestionSeen[];
  readonly proxies: readonly string[];
  readonly troubles: readonly string[];
}

export interface AccessLogRecord {
  readonly path: string;
  readonly summary: AccessLogSummary;
  readonly clients: readonly ClientSeen[];
  /** Whether its lines say for which host they are. */
  readonly namesHosts: boolean;
  /** Of these clients, as they are logged, and for the names accepted; null: all. Made when asked for: there can be very many. */
  readonly entries: (
    clients: readonly string[] | null,
    accepts: ((name: string) => boolean) | null,
  ) => readonly AccessEntry[];
  readonly troubles: readonly string[];
}

/** All that was read, before it is judged whose it is. */
export interface Records {
  readonly captures: readonly CaptureRecord[];
  readonly accessLogs: readonly AccessLogRecord[];
  readonly pmsLogs: readonly ReadPmsLog[];
}
