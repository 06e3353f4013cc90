import { clientOf, NOT_LOGGED, requestLineOf, type LineFormat } from './line-log.ts';

/** Envoy's default format and Istio's (Envoy documentation, "Access logging"): [time] "request" status flags … "authority" "upstream" …. */
const LINE = /^\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\] "(\S+) (\S+) \S+" (\d{1,3}) (\S+) (.*)$/;
/** Response flags that say why Envoy answered itself. */
const ERRORS: Readonly<Record<string, string>> = {
  DF: 'ERR_DNS_FAIL',
  UF: 'ERR_CONNECT_FAIL',
  URX: 'ERR_CONNECT_FAIL',
  UH: 'ERR_CONNECT_FAIL',
  UT: 'ERR_READ_TIMEOUT',
};

export const ENVOY_LOG: LineFormat = {
  name: 'envoy',
  rule: 'Envoy: [time] "request" status flags … "authority" "upstream"',
  read: (line) => {
    const [, time = '', method = '', path = '', status = '', flags = '', rest = ''] = LINE.exec(line) ?? [];
    const quoted = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
    const authority = quoted.at(-2);
    if (authority === undefined) return null;
    const target = method === 'CONNECT' || path.includes('://') ? path : `http://${authority}${path}`;
    const asked = requestLineOf(method, method === 'CONNECT' && path === '-' ? authority : target);
    if (asked === null) return null;
    const [, , , remote] = rest
      .slice(rest.lastIndexOf('"') + 1)
      .trim()
      .split(/\s+/);
    const [forwarded = ''] = (quoted.at(-5) ?? '').split(',');
    const failure = flags.split(',').find((flag) => flag in ERRORS);
    return {
      ...NOT_LOGGED,
      ...asked,
      client: clientOf(remote ?? forwarded.trim()),
      status: Number(status),
      error: failure === undefined ? null : (ERRORS[failure] ?? null),
      ms: Date.parse(time),
    };
  },
};
