import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { PmsLogReader } from '../../src/parse/pms-log/index.ts';
import { Lab, labMissing, proxyUrl, type Policy } from './lab.ts';

const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing();

const through = (proxy: string, noProxy: string | null = 'localhost,127.0.0.1'): Readonly<Record<string, string>> => ({
  http_proxy: proxyUrl(proxy),
  https_proxy: proxyUrl(proxy),
  ...(noProxy === null ? {} : { no_proxy: noProxy }),
});

/** Without a sign-in the scan would be refused before the scanner is started. */
const BY_SCANNER: PmsStandInSettings = { refuse: ['matcher'], connectTimeoutSeconds: 1 };
const IGNORING: PmsStandInSettings = { ...BY_SCANNER, matcher: 'ignores-proxy' };
const DROPPED: Policy = { pms4: 'drop', pms6: 'drop' };
const TO_ITSELF = '127.0.0.1 200';

describe.skipIf(missing !== null)('the stand-in for PMS, in the lab', () => {
  const lab = new Lab('standin');
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  afterEach(() => {
    lab.stopPms();
    lab.policy({});
  });

  async function call(path: string, method = 'GET'): Promise<string> {
    const token = readFileSync(lab.standIn.adminTokenFile, 'utf8');
    const format = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
    const url = `http://127.0.0.1:32400${path}`;
    const ran = await lab.onPmsHost([
      'curl',
      ...format,
      '--request',
      method,
      '--header',
      `X-Plex-Token: ${token}`,
      url,
    ]);
    return ran.stdout;
  }

  /** How the requests in a log ended: `plex.tv 302`, `metadata.provider.plex.tv failed 7`. */
  function ends(file: string): readonly string[] {
    const reader = new PmsLogReader({ name: basename(file) });
    reader.push(readFileSync(file));
    reader.end();
    return reader
      .requests()
      .map(({ host, ended }) => `${host} ${ended.kind === 'failed' ? `failed ${ended.curl}` : statusOf(ended)}`)
      .toSorted();
  }

  it.each<[string, Policy, Readonly<Record<string, string>>, PmsStandInSettings, string, readonly string[]]>([
    ['everything right', DROPPED, through('allowed'), BY_SCANNER, '200', [TO_ITSELF, `${METADATA} 401`]],
    ['ignores the proxy, drop', DROPPED, through('allowed'), IGNORING, '503', [TO_ITSELF, `${METADATA} failed 28`]],
    [
      'ignores the proxy, reject',
      { pms4: 'reject', pms6: 'reject' },
      through('allowed'),
      IGNORING,
      '503',
      [TO_ITSELF, `${METADATA} failed 7`],
    ],
    [
      'ignores the proxy, reset',
      { pms4: 'reset', pms6: 'reset' },
      through('allowed'),
      IGNORING,
      '503',
      [TO_ITSELF, `${METADATA} failed 7`],
    ],
    [
      'ignores the proxy, no DNS of its own',
      { dns: 'drop' },
      through('allowed'),
      IGNORING,
      '503',
      [TO_ITSELF, `${METADATA} failed 28`],
    ],
    [
      '.plex.tv in no_proxy',
      DROPPED,
      through('allowed', 'localhost,127.0.0.1,.plex.tv'),
      BY_SCANNER,
      '503',
      [TO_ITSELF, `${METADATA} failed 28`],
    ],
    ['no variables', DROPPED, {}, BY_SCANNER, '503', [TO_ITSELF, `${METADATA} failed 28`]],
    [
      'HTTP_PROXY in capitals only',
      DROPPED,
      { HTTP_PROXY: proxyUrl('allowed') },
      BY_SCANNER,
      '503',
      [TO_ITSELF, `${METADATA} failed 28`],
    ],
    ['denied', DROPPED, through('denied-scan'), BY_SCANNER, '503', [TO_ITSELF, `${METADATA} failed 56`]],
    ['407', DROPPED, through('auth'), BY_SCANNER, '503', [TO_ITSELF, `${METADATA} failed 56`]],
    ['TLS inspected', DROPPED, through('bump'), BY_SCANNER, '503', [TO_ITSELF, `${METADATA} failed 60`]],
    [
      'proxy dead',
      { ...DROPPED, 'to-proxy': 'drop' },
      through('allowed'),
      BY_SCANNER,
      '503',
      [TO_ITSELF, `${METADATA} failed 28`],
    ],
    ['127.0.0.1 not in no_proxy', DROPPED, through('allowed', null), BY_SCANNER, '503', ['127.0.0.1 403']],
    ['IPv4 blocked, IPv6 open', { pms4: 'drop' }, {}, BY_SCANNER, '200', [TO_ITSELF, `${METADATA} 401`]],
  ])('%s', async (_name, policy, environment, config, status, expected) => {
    lab.policy(policy);
    lab.startStandIn(environment, config);
    expect(await call('/library/sections/1/refresh')).toBe(status);
    expect(ends(lab.standIn.matcherLog)).toEqual(expected);
    expect(await call('/library/sections/4/refresh')).toBe('200');
  });

  it('stays signed out when the network was down at its start', async () => {
    lab.policy({ ...DROPPED, 'to-proxy': 'drop' });
    lab.startStandIn(through('allowed'), { connectTimeoutSeconds: 1 });
    lab.policy(DROPPED);
    expect(await call('/library/sections/1/refresh')).toBe('503');
    expect(await call('/media/providers/refresh', 'POST')).toBe('200');
    expect(await call('/library/sections/1/refresh')).toBe('503');
    expect(ends(lab.standIn.serverLog)).toEqual([`${METADATA} 401`, `${METADATA} failed 28`, 'plex.tv failed 28']);
    lab.startStandIn(through('allowed'));
    expect(await call('/library/sections/1/refresh')).toBe('200');
  });

  it('changes while it runs', async () => {
    lab.policy(DROPPED);
    lab.startStandIn(through('allowed'), IGNORING);
    expect(await call('/library/sections/1/refresh')).toBe('503');
    lab.configureStandIn(BY_SCANNER);
    expect(await call('/library/sections/1/refresh')).toBe('200');
  });
});

function statusOf(ended: { readonly kind: string; readonly status?: number }): string {
  return String(ended.status ?? ended.kind);
}
