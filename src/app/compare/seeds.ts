import { CATALOGUE } from '../../catalog/index.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { evidenceSchema, notRun, ok } from '../../core/model/evidence.ts';
import type { EndpointResult, Report } from '../../core/model/report.ts';
import { TOOL } from '../../core/values/version.ts';
import { seedsFrom, type LocalNames } from '../../sanitize/seeds-of-evidence.ts';
import type { Seeds } from '../../sanitize/values/seeds.ts';

/** Seeds from reports alone, without their evidence: the hosts of the catalogue, a user's own, the settings, the flows. */
export function seedsOfReports(reports: readonly Report[], local: LocalNames): Seeds {
  const none = notRun('NOT_PROBED');
  const evidence = evidenceSchema.parse({
    kind: 'pms-proxy-doctor/evidence',
    schemaVersion: 1,
    tool: TOOL,
    run: {
      command: 'compare',
      startedAt: '',
      durationMs: 0,
      platform: '',
      timeoutMs: 0,
      families: [],
      interrupted: false,
    },
    items: {
      endpoints: ok([...CATALOGUE, ...reports.flatMap(({ endpoints }) => endpoints.flatMap(customEndpoint))]),
      settings: ok({
        used: 'option',
        basis: 'assumed',
        why: '',
        sources: reports.map(({ proxy }) => ({
          id: proxy.source,
          kind: 'option',
          process: null,
          pid: null,
          variables: ok(proxy.variables),
        })),
      }),
      traffic: ok({
        watchers: [],
        flows: reports.flatMap(({ traffic }) => traffic?.flows ?? []),
        questions: [],
        omitted: 0,
      }),
      pms: none,
      proxies: none,
      'attempts.direct': none,
      'attempts.proxy': none,
      resolver: none,
    },
    sanitized: {},
  });
  return seedsFrom(evidence, local);
}

const KNOWN = new Set(CATALOGUE.map(({ id, host }) => `${id} ${host}`));

function customEndpoint({ id, host, port, scheme, purpose, need, source }: EndpointResult): readonly Endpoint[] {
  if (KNOWN.has(`${id} ${host}`)) return [];
  return [
    {
      id,
      host,
      port,
      scheme,
      purpose,
      need,
      source,
      kind: 'host',
      probeHost: host,
      needByAgent: {},
      breaks: '',
      mark: 'inferred',
      telemetry: false,
      path: '/',
      accepts: null,
      custom: true,
    },
  ];
}
