import type { DnsQuestionSeen, Flow } from '../../../core/model/traffic.ts';
import type { CaptureSummary } from '../../../parse/capture/index.ts';
import type { AccessEntry } from '../../../parse/access-log/entry.ts';
import type { AccessLogSummary } from '../../../parse/access-log/parser.ts';
import type { ClientSeen } from './clients.ts';
import type { ReadPmsLog } from './pms-logs.ts';

/** Result of reading one file. */
export interface ReadFile {
  /** As given; in a ZIP, `logs.zip/Plex Media Server.log`. Safe to print. */
  readonly path: string;
  /** Id of its format (formats.ts). */
  readonly kind: string;
  readonly state: 'read' | 'partly' | 'not-read';
  /** One line: the part that was not read, the place, the expected kind, the remedy; for `read` further notes. */
  readonly note: string | null;
}

export interface CaptureRecord {
  readonly path: string;
  readonly summary: CaptureSummary;
  readonly flows: readonly Flow[];
  readonly omitted: number;
  readonly questions: readonly DnsQuestionSeen[];
  readonly proxies: readonly string[];
  /** Parts of the file that were not read. */
  readonly problems: readonly string[];
}

export interface AccessLogRecord {
  readonly path: string;
  /** When the file holds several logs: the program or file that wrote this one. */
  readonly member: string | null;
  readonly summary: AccessLogSummary;
  readonly clients: readonly ClientSeen[];
  /** Flows of these clients, as they are logged, and for the names accepted; null: all. Made when asked for: there can be very many. */
  readonly entries: (
    clients: readonly string[] | null,
    accepts: ((name: string) => boolean) | null,
  ) => readonly AccessEntry[];
  /** Parts of the file that were not read. */
  readonly problems: readonly string[];
}

/** Everything read, before its owner is judged. */
export interface Records {
  readonly captures: readonly CaptureRecord[];
  readonly accessLogs: readonly AccessLogRecord[];
  readonly pmsLogs: readonly ReadPmsLog[];
}
