import { describe, expect, it } from 'vitest';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { describeUnusedProxy } from '../../../src/core/words/unused-proxy.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { endpoint, PROXY } from '../../support/fixtures/facts.ts';

const ENDPOINTS = [
  endpoint('plex.tv', { need: 'scan' }),
  endpoint('metadata.provider.plex.tv', { need: 'scan' }),
  endpoint('fanart.tv'),
  endpoint('resources-cdn.plexapp.com', { scheme: 'http', port: 80 }),
];
const ALL = 'plex.tv,fanart.tv,plexapp.com';

describe('a proxy that is named and not used', () => {
  it.each<[what: string, variables: Readonly<Record<string, string>>, message: string | null, url: string | null]>([
    ['a star', { https_proxy: PROXY, no_proxy: '*' }, 'star', PROXY],
    ['a star in upper case', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, 'star', PROXY],
    ['all are excluded', { all_proxy: PROXY, no_proxy: ALL }, 'all-excluded', PROXY],
    [
      'all that a scan needs',
      { https_proxy: PROXY, no_proxy: 'plex.tv,metadata.provider.plex.tv' },
      'needs-excluded',
      null,
    ],
    ['for http alone', { http_proxy: PROXY }, 'other-scheme', PROXY],
    ['HTTP_PROXY alone', { HTTP_PROXY: PROXY, no_proxy: 'localhost' }, 'other-scheme', PROXY],
    ['empty beside http_proxy', { https_proxy: '', http_proxy: PROXY }, 'other-scheme', PROXY],
    ['empty and nothing else', { https_proxy: '' }, 'only-empty', null],
    ['an empty one, which libcurl alone passes over', { https_proxy: '', HTTPS_PROXY: PROXY }, 'hidden', null],
    ['used', { https_proxy: PROXY, no_proxy: 'localhost' }, null, null],
    ['one endpoint is excluded', { https_proxy: PROXY, no_proxy: 'metadata.provider.plex.tv' }, null, null],
    ['nothing is set', {}, null, null],
    ['a value that is refused', { https_proxy: 'http://10.0.0.3:99999' }, null, null],
  ])('%s', (_, variables, message, url) => {
    const found = describeUnusedProxy(deriveFacts(evidenceFixture({ variables, endpoints: ENDPOINTS })));
    expect(found?.why.message ?? null).toBe(message);
    expect(found?.url ?? null).toBe(url);
  });

  it('a line that systemd ignores', () => {
    const from = '/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2';
    const evidence = evidenceFixture({ variables: {}, used: 'unit:plexmediaserver.service' });
    const { settings } = evidence.items;
    if (settings.state !== 'ok') throw new Error('the fixture has settings');
    const sources = settings.value.sources.map((each) => ({ ...each, ignored: [{ from, why: 'specifier' as const }] }));
    const items = { ...evidence.items, settings: { ...settings, value: { ...settings.value, sources } } };
    const found = describeUnusedProxy(deriveFacts({ ...evidence, items }));
    expect(found).toMatchObject({ url: null, why: { message: 'line-ignored', args: { place: from } } });
  });

  it('a PAC file that answers DIRECT', () => {
    const found = describeUnusedProxy(
      deriveFacts(evidenceFixture({ viaProxy: { outcome: 'ok', form: 'pac-direct' } })),
    );
    expect(found).toMatchObject({ url: PROXY, why: { message: 'pac-direct' } });
  });
});
