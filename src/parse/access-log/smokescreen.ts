import { ASIDE, clientOf, NOT_LOGGED, requestLineOf, type LineFormat } from './line-log.ts';

const DECISION = 'CANONICAL-PROXY-DECISION';

/** Smokescreen's canonical lines (pkg/smokescreen/smokescreen.go), in JSON or as logfmt: one decision for each request. */
export const SMOKESCREEN_LOG: LineFormat = {
  name: 'smokescreen',
  rule: `Smokescreen: JSON or logfmt with msg ${DECISION}`,
  read: (line) => {
    const fields = fieldsOf(line);
    const message = fields?.['msg'];
    if (fields === null || message === undefined) return null;
    if (message !== DECISION) return ASIDE;
    const isConnect = fields['proxy_type'] !== 'http';
    const host = fields['requested_host'] ?? '';
    const asked = requestLineOf(isConnect ? 'CONNECT' : 'GET', isConnect ? host : `http://${host}`);
    if (asked === null) return null;
    const isDenied = fields['allow'] === 'false';
    const error = fields['error'] ?? '';
    const failed = /no such host|lookup /.test(error) ? 'ERR_DNS_FAIL' : error === '' ? null : 'ERR_CONNECT_FAIL';
    return {
      ...NOT_LOGGED,
      ...asked,
      client: clientOf(fields['inbound_remote_addr'] ?? ''),
      status: isDenied ? 403 : failed === null ? 200 : 502,
      error: isDenied ? null : failed,
      ms: timeOf(fields['start_time'] ?? fields['time']),
    };
  },
};

function timeOf(text: string | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}

function fieldsOf(line: string): Readonly<Record<string, string>> | null {
  if (!line.startsWith('{')) {
    const pairs = [...line.matchAll(/(?:^| )([\w.-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)];
    return pairs.length < 2
      ? null
      : Object.fromEntries(pairs.map(([, key = '', quoted, bare]) => [key, quoted ?? bare ?? '']));
  }
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
  } catch {
    return null;
  }
}
