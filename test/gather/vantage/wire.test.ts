import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/core/values/deadline.ts';
import { ProxyUrl } from '../../../src/core/values/secret.ts';
import { orderOf, proxiesOf, readOrder } from '../../../src/gather/vantage/wire.ts';
import { ENDPOINTS } from '../../support/fixtures/facts.ts';

function proxy(value: string): ProxyUrl {
  const parsed = ProxyUrl.parse(value);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.url;
}

describe('the order of a prober', () => {
  it.each([
    'http://plex:s%3Ae%40c@proxy.example:3128',
    'socks5h://10.0.0.3:1080',
    'pac+http://proxy.example/proxy.pac',
  ])('arrives whole: %s', (value) => {
    const user = { uid: 997, gid: 996, groups: [44] };
    const order = orderOf(
      {
        endpoints: ENDPOINTS,
        families: [4],
        proxies: { http: null, https: { url: proxy(value), from: 'https_proxy of pid:812' } },
        timeoutMs: 5_000,
        patient: true,
        budget: Deadline.after(60_000, () => 0),
        signal: new AbortController().signal,
        extraRootsPem: 'PEM',
        pmsBundlePem: null,
        onProgress: () => undefined,
      },
      user,
      '/proc/812/root',
    );
    const read = readOrder(JSON.stringify(order));
    expect(read).toEqual(order);
    expect(read).toMatchObject({ endpoints: ENDPOINTS, user, root: '/proc/812/root', budgetMs: 60_000 });
    expect(proxiesOf(read).http).toBeNull();
    expect(proxiesOf(read).https?.url.reveal()).toBe(proxy(value).reveal());
  });
});
