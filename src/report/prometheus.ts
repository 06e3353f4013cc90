import { usableOn, waysInReport } from '../core/judge/way-in-report.ts';
import { ROUTES, type Route } from '../core/model/outcome.ts';
import type { Attempt, Bypass, EndpointResult, Report, RouteResult } from '../core/model/report.ts';
import { exposition, type Metric, type Sample } from './exposition.ts';

/** The report as metrics of Prometheus. A series is absent where its value is not known. */
export function renderPrometheus(report: Report): string {
  return exposition([...aboutRun(report), ...aboutEndpoints(report), ...aboutTraffic(report)]);
}

function metric(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, samples };
}

function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

/** One series a state, 1 for the state that holds: alerts need not know which others there are. */
function states<T extends string>(label: string, all: readonly T[], held: T): readonly Sample[] {
  return all.map((state) => ({ labels: { [label]: state }, value: state === held ? 1 : 0 }));
}

function counted(label: string, words: readonly string[]): readonly Sample[] {
  return [...new Set(words)].map((word) => ({
    labels: { [label]: word },
    value: words.filter((each) => each === word).length,
  }));
}

function aboutRun({ tool, run, pms, summary, scan, findings, expectations }: Report): readonly Metric[] {
  const start = Date.parse(run.startedAt) / 1000;
  return [
    metric('info', 'The tool and the PMS that the other metrics are about.', [
      { labels: { version: tool.version, command: run.command, pms_version: pms?.version ?? '' }, value: 1 },
    ]),
    metric('run_start_time_seconds', 'When the run began, as Unix time.', Number.isNaN(start) ? [] : one(start)),
    metric('run_duration_seconds', 'How long the run took.', one(run.durationMs / 1000)),
    metric(
      'run_exit_code',
      'Exit code of the run: 0 nothing wrong, 1 a problem, 3 undecided, 130 interrupted.',
      one(summary.exitCode),
    ),
    metric(
      'scan_condition',
      'Whether library scans fail for want of the network: 1 for the state that holds.',
      states('condition', ['reproduced', 'would-occur', 'not-found', 'unknown'], scan.condition),
    ),
    metric(
      'cause_state',
      'State of each cause of the scan condition, always 1.',
      scan.causes.map(({ id, state }) => ({ labels: { cause: id, state }, value: 1 })),
    ),
    metric(
      'findings',
      'Findings of the checks by their verdict.',
      counted(
        'verdict',
        findings.map(({ verdict }) => verdict),
      ),
    ),
    metric(
      'expectation_violations',
      'Expectations of the policy that are not met; absent without a policy.',
      expectations === null ? [] : one(expectations.violations.length),
    ),
  ];
}

function aboutEndpoints(report: Report): readonly Metric[] {
  const { endpoints } = report;
  const wayOf = waysInReport(report);
  const tried = endpoints.flatMap((endpoint) =>
    ROUTES.flatMap((route) => {
      const result = endpoint[route];
      return result === null ? [] : [{ labels: { ...labelsOf(endpoint), route }, result }];
    }),
  );
  const known = tried.filter(({ result }) => result.outcome !== 'not-run');
  return [
    metric(
      'endpoint_usable',
      'Whether PMS can use the endpoint on the route that it takes; absent where that is not known.',
      endpoints.flatMap((endpoint) => {
        const usability = usableOn(wayOf(endpoint), endpoint);
        return usability === 'undecided' ? [] : [{ labels: labelsOf(endpoint), value: usability === 'usable' ? 1 : 0 }];
      }),
    ),
    metric(
      'endpoint_outcome',
      'Outcome of each route to each endpoint, always 1.',
      tried.map(({ labels, result: { outcome } }) => ({ labels: { ...labels, outcome }, value: 1 })),
    ),
    metric(
      'endpoint_success',
      'Whether the endpoint answered on this route; absent where it was not tried.',
      known.map(({ labels, result }) => ({ labels, value: result.outcome === 'ok' ? 1 : 0 })),
    ),
    metric(
      'endpoint_duration_seconds',
      'How long the attempt on this route took.',
      known.flatMap(({ labels, result: { ms } }) => (ms === null ? [] : [{ labels, value: ms / 1000 }])),
    ),
    metric(
      'endpoint_stage_duration_seconds',
      'How long each stage of the deciding attempt on this route took.',
      known.flatMap(({ labels, result }) =>
        [...stagesOf(result)].map(([stage, ms]) => ({ labels: { ...labels, stage }, value: ms / 1000 })),
      ),
    ),
  ];
}

function labelsOf({ id, host, port, need }: EndpointResult): Sample['labels'] {
  return { endpoint: id, host, port, need };
}

/** Milliseconds of each stage of the attempt that speaks for the route. */
function stagesOf({ outcome, attempts }: RouteResult): ReadonlyMap<Attempt['stages'][number]['stage'], number> {
  const deciding = attempts.find((attempt) => attempt.outcome === outcome);
  const sums = new Map<Attempt['stages'][number]['stage'], number>();
  for (const { stage, ms } of deciding?.stages ?? []) sums.set(stage, (sums.get(stage) ?? 0) + ms);
  return sums;
}

function aboutTraffic({ traffic, bypasses, endpoints, proxy }: Report): readonly Metric[] {
  const watched = new Set((traffic?.watchers ?? []).flatMap(({ shows }) => shows));
  const observed = bypasses.filter(({ kind }) => kind === 'observed');
  const configured = bypasses.filter(({ kind }) => kind === 'configured');
  return [
    metric(
      'traffic_watched',
      'Whether connections of PMS on this route would have been seen.',
      ROUTES.map((route) => ({ labels: { route }, value: watched.has(route) ? 1 : 0 })),
    ),
    metric(
      'endpoint_connections',
      'Connections of PMS to the endpoint that were seen on this route; absent where the route was not watched.',
      endpoints.flatMap(({ observed: seen, ...endpoint }) =>
        seen === null
          ? []
          : ROUTES.filter((route) => isCounted(route, seen[route], watched)).map((route) => ({
              labels: { ...labelsOf({ ...endpoint, observed: seen }), route },
              value: seen[route],
            })),
      ),
    ),
    metric(
      'bypasses',
      'Hosts that PMS was seen to contact around the proxy, or would contact around it by its settings; absent where that is not known.',
      [
        ...(watched.has('direct') || observed.length > 0
          ? [{ labels: { kind: 'observed' }, value: hostsOf(observed) }]
          : []),
        ...(proxy.configured ? [{ labels: { kind: 'configured' }, value: hostsOf(configured) }] : []),
      ],
    ),
    metric(
      'bypass_attempts',
      'Connections around the proxy that were tried, by process and target.',
      summed(
        observed.map(({ process, outcome, count, ...target }) => ({
          labels: { ...targetOf(target), process: process ?? '', outcome: outcome ?? '' },
          value: count,
        })),
      ),
    ),
  ];
}

function isCounted(route: Route, count: number, watched: ReadonlySet<Route>): boolean {
  return count > 0 || watched.has(route);
}

function targetOf({ host, address, port }: Pick<Bypass, 'host' | 'address' | 'port'>): Readonly<{
  host: string;
  port: number;
}> {
  return { host: host ?? address ?? '', port };
}

function hostsOf(bypasses: readonly Bypass[]): number {
  return new Set(bypasses.map((bypass) => JSON.stringify(targetOf(bypass)))).size;
}

/** One sample for each set of labels. */
function summed(samples: readonly Sample[]): readonly Sample[] {
  const sums = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    const key = JSON.stringify(labels);
    sums.set(key, { labels, value: value + (sums.get(key)?.value ?? 0) });
  }
  return [...sums.values()];
}
