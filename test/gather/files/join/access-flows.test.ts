import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../../src/core/model/traffic.ts';
import { flowOfEntry, withoutChallenges } from '../../../../src/gather/files/join/access-flows.ts';
import { BUILTIN_FORMATS } from '../../../../src/parse/access-log/squid/format/logformat.ts';
import { SquidLogReader } from '../../../../src/parse/access-log/squid/log.ts';
import { squidLine } from '../../../support/logs/log-files.ts';

function flowsOf(...lines: readonly string[]): Flow[] {
  const reader = new SquidLogReader(BUILTIN_FORMATS.squid);
  reader.push(Buffer.from(lines.join('')));
  reader.end();
  return reader.entries().map(flowOfEntry);
}

describe('flows of log lines', () => {
  const rows: readonly (readonly [string, string, string, Partial<Flow>])[] = [
    ['TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443', { outcome: 'ok', code: 'TCP_TUNNEL', status: 200, targetPort: 443 }],
    ['TCP_DENIED/403', 'CONNECT', 'plex.tv:443', { outcome: 'denied', code: 'TCP_DENIED', status: 403 }],
    ['NONE_NONE/503', 'CONNECT', 'plex.tv:443', { outcome: 'proxy-error', code: 'NONE_NONE', status: 503 }],
    ['TCP_MISS/200', 'GET', 'http://plex.tv/secret?X-Plex-Token=t', { outcome: 'ok', targetPort: 80 }],
    [
      'NONE_NONE/000',
      '-',
      'error:transaction-end-before-headers',
      { outcome: 'cut', code: 'error:transaction-end-before-headers', status: null, names: [], targetPort: null },
    ],
  ];
  it.each(rows)('%s %s %s', (tag, method, url, expected) => {
    const [flow] = flowsOf(squidLine('10.0.0.2', tag, method, url));
    expect(flow).toMatchObject({
      client: '10.0.0.2',
      family: 4,
      route: 'proxy',
      address: null,
      port: null,
      seenBy: ['access-log'],
      ...expected,
    });
    expect(JSON.stringify(flow)).not.toMatch(/secret|Token/);
  });
});

describe('the question for a login', () => {
  const challenge = squidLine('10.0.0.2', 'TCP_DENIED/407', 'CONNECT', 'plex.tv:443');
  const success = squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443');
  const rows: readonly (readonly [string, readonly string[], readonly Flow['outcome'][]])[] = [
    ['followed by a success', [challenge, success], ['ok']],
    ['twice before each success, as NTLM does', [challenge, challenge, success], ['ok']],
    ['never answered', [challenge, challenge], ['proxy-auth']],
    [
      'answered at last by a policy',
      [challenge, squidLine('10.0.0.2', 'TCP_DENIED/403', 'CONNECT', 'plex.tv:443')],
      ['denied'],
    ],
    [
      'of another client',
      [challenge, squidLine('10.0.0.3', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443')],
      ['proxy-auth', 'ok'],
    ],
    [
      'for another host',
      [challenge, squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'v4.plex.tv:443')],
      ['proxy-auth', 'ok'],
    ],
    [
      'far more often than let through',
      [...Array.from({ length: 50 }, () => challenge), success],
      ['proxy-auth', 'ok'],
    ],
  ];
  it.each(rows)('%s', (_, lines, outcomes) => {
    expect(withoutChallenges(flowsOf(...lines)).map(({ outcome }) => outcome)).toEqual(outcomes);
  });
});
