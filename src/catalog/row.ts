import type { Endpoint } from '../core/model/endpoint.ts';

type Optional = 'kind' | 'probeHost' | 'port' | 'scheme' | 'needByAgent' | 'mark' | 'telemetry' | 'path' | 'accepts';
type Row = Omit<Endpoint, Optional | 'custom'> & Partial<Pick<Endpoint, Optional>>;

/** Most rows are names that PMS was seen to call over https: those are the defaults of a row. */
export function endpoint({ id, host, kind = 'host', ...row }: Row): Endpoint {
  return {
    id,
    kind,
    host,
    probeHost: kind === 'host' ? host : null,
    port: row.scheme === 'http' ? 80 : 443,
    scheme: 'https',
    needByAgent: {},
    mark: 'seen',
    telemetry: false,
    path: '/',
    // Sites change their answers; any HTTP answer over a verified connection proves the route, so no list is kept without need.
    accepts: null,
    custom: false,
    ...row,
  };
}
