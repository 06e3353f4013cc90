import type { Endpoint } from '../../core/model/endpoint.ts';
import type { EndpointResult, Report } from '../../core/model/report.ts';
import { loadDocument } from '../compare/load.ts';
import type { Terminal } from '../terminal.ts';

interface ReportNeeds {
  readonly endpoints: readonly Endpoint[];
  /** Where the needs come from, one sentence. */
  readonly basis: string;
}

/** The endpoints with the needs of the PMS that a report, or saved evidence, is about, and with those that only it has. */
export async function needsOfReport(
  path: string,
  known: readonly Endpoint[],
  terminal: Pick<Terminal, 'input'>,
): Promise<ReportNeeds> {
  const { report } = await loadDocument('--from-report', path, terminal);
  const byId = new Map(report.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const ids = new Set(known.map(({ id }) => id));
  return {
    endpoints: [
      ...known.map((endpoint) => withNeed(endpoint, byId.get(endpoint.id))),
      ...report.endpoints.filter(({ id }) => !ids.has(id)).map(ownEndpoint),
    ],
    basis: basisOf(report),
  };
}

/** Its needs by agent are in it already. */
function withNeed(endpoint: Endpoint, reported: EndpointResult | undefined): Endpoint {
  return reported === undefined ? endpoint : { ...endpoint, need: reported.need };
}

function ownEndpoint({ id, host, port, scheme, purpose, need, source }: EndpointResult): Endpoint {
  return {
    id,
    kind: host.startsWith('*.') ? 'wildcard' : 'host',
    host,
    probeHost: host.startsWith('*.') ? null : host,
    port,
    scheme,
    purpose,
    need,
    needByAgent: {},
    breaks: 'Not stated.',
    mark: 'inferred',
    source,
    telemetry: false,
    path: '/',
    accepts: null,
    custom: true,
  };
}

function basisOf({ pms }: Report): string {
  const libraries = pms?.status?.sections?.length ?? 0;
  return libraries > 0
    ? `Needs are those of the ${libraries === 1 ? 'library' : `${libraries} libraries`} in the given report.`
    : 'The given report does not list the libraries: needs are those of libraries with a modern agent.';
}
