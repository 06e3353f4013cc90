import { usableOn, waysInReport } from '../core/judge/way-in-report.ts';
import { OUTCOME, ROUTES } from '../core/model/outcome.ts';
import type { Bypass, Cause, EndpointResult, Finding, Report } from '../core/model/report.ts';
import { TOOL } from '../core/values/version.ts';

/** GELF 1.1 for Graylog: one JSON object a line, the run first. */
export function renderGelf(report: Report): string {
  return drawMessages(report.run.startedAt, [
    ofRun(report),
    ...ofEndpoints(report),
    ...report.bypasses.map(ofBypass),
    ...report.scan.causes.flatMap(ofCause),
    ...report.findings.flatMap(ofFinding),
    ...(report.expectations?.violations ?? []).map(({ endpoint, host, aspect, expected, actual }) => ({
      level: LEVEL.error,
      text: `${host}: ${aspect} should be ${expected}, is ${actual}`,
      fields: { event: 'violation', endpoint, endpoint_host: host, aspect, expected, actual },
    })),
  ]);
}

/** Severities of syslog (RFC 5424 section 6.2.1). */
export const LEVEL = { error: 3, warning: 4, notice: 5, info: 6 } as const;

export interface Message {
  readonly level: (typeof LEVEL)[keyof typeof LEVEL];
  readonly text: string;
  /** Null is left out: GELF knows strings and numbers only. */
  readonly fields: Readonly<Record<string, string | number | null>>;
}

/**
 * `host` is this tool and not the machine: a name of the machine is private, and Graylog notes where a message came from. Fields begin with
 * `pms_`, because Graylog keeps one type for each name of a field, and `status` or `code` are others' already.
 */
export function drawMessages(at: string, messages: readonly Message[]): string {
  const timestamp = Date.parse(at) / 1000;
  return messages
    .map(({ level, text, fields }) => {
      const named = Object.entries(fields).flatMap(([name, value]) =>
        value === null || value === '' ? [] : [[`_pms_${name}`, typeof value === 'string' ? writable(value) : value]],
      );
      const head = { version: '1.1', host: TOOL.name, short_message: writable(text) || '-', level };
      const time = Number.isNaN(timestamp) ? {} : { timestamp };
      return `${JSON.stringify({ ...head, ...time, ...Object.fromEntries(named) })}\n`;
    })
    .join('');
}

/** On one line, without control characters and halves of characters. */
function writable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[^\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}

const BY_VERDICT = { ok: LEVEL.info, problems: LEVEL.error, undecided: LEVEL.warning } as const;

function ofRun({ tool, run, pms, summary, scan, bypasses, traffic }: Report): Message {
  const isWatched = (traffic?.watchers ?? []).some(({ shows }) => shows.includes('direct'));
  const observed = bypasses.filter(({ kind }) => kind === 'observed').length;
  return {
    level: BY_VERDICT[summary.verdict],
    text: `${run.command}: ${summary.because}`,
    fields: {
      event: 'run',
      command: run.command,
      verdict: summary.verdict,
      exit_code: summary.exitCode,
      condition: scan.condition,
      bypasses_observed: isWatched || observed > 0 ? observed : null,
      duration_ms: Math.round(run.durationMs),
      tool_version: tool.version,
      server_version: pms?.version ?? null,
    },
  };
}

const BY_NEED = { scan: LEVEL.error, feature: LEVEL.warning, optional: LEVEL.notice } as const;

/** One message a route that was tried; only a failure on the route that PMS takes is a trouble. */
function ofEndpoints(report: Report): readonly Message[] {
  const wayOf = waysInReport(report);
  return report.endpoints.flatMap((endpoint) => {
    const way = wayOf(endpoint);
    const fails = usableOn(way, endpoint) === 'unusable';
    return ROUTES.flatMap((route): readonly Message[] => {
      const result = endpoint[route];
      if (result === null || result.outcome === 'not-run') return [];
      const { outcome, code, status, ms } = result;
      const isWay = way === route;
      return [
        {
          level: isWay && fails ? BY_NEED[endpoint.need] : LEVEL.info,
          text: `${targetOf(endpoint)} ${route === 'proxy' ? 'through the proxy' : 'directly'}: ${OUTCOME[outcome].words}`,
          fields: {
            event: 'endpoint',
            endpoint: endpoint.id,
            endpoint_host: endpoint.host,
            endpoint_port: endpoint.port,
            need: endpoint.need,
            purpose: endpoint.purpose,
            route,
            outcome,
            code,
            status,
            duration_ms: ms === null ? null : Math.round(ms),
            takes_route: isWay ? 'yes' : 'no',
          },
        },
      ];
    });
  });
}

function targetOf({ host, port }: Pick<EndpointResult, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

function ofBypass({ kind, host, address, port, process, outcome, count, dialects }: Bypass): Message {
  const target = `${host ?? address ?? 'an unknown host'}:${port}`;
  const isSeen = kind === 'observed';
  return {
    level: isSeen ? LEVEL.error : LEVEL.warning,
    text: isSeen
      ? `${process ?? 'A process of PMS'} went around the proxy to ${target}`
      : `${dialects.join(', ')} would go around the proxy to ${target}`,
    fields: {
      event: 'bypass',
      kind,
      endpoint_host: host ?? address,
      endpoint_port: port,
      process,
      outcome,
      attempts: isSeen ? count : null,
      clients: dialects.join(' '),
    },
  };
}

function ofCause({ id, title, state, because }: Cause): readonly Message[] {
  if (state !== 'confirmed' && state !== 'likely') return [];
  return [
    {
      level: state === 'confirmed' ? LEVEL.error : LEVEL.warning,
      text: `${title} (${state})`,
      fields: { event: 'cause', cause: id, state, because: because.map(({ text }) => text).join('; ') },
    },
  ];
}

const BY_FINDING: Readonly<Record<Finding['verdict'], Message['level'] | null>> = {
  fail: LEVEL.error,
  crashed: LEVEL.error,
  warn: LEVEL.notice,
  pass: null,
  'not-applicable': null,
  inconclusive: null,
};

function ofFinding({ check, verdict, severity, text, remedy, endpoint, supersededBy }: Finding): readonly Message[] {
  const level = supersededBy === null ? BY_FINDING[verdict] : null;
  if (level === null) return [];
  return [{ level, text, fields: { event: 'finding', check, finding: verdict, severity, remedy, endpoint } }];
}
