import { Resolver } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { dnsServer } from './dns-server.ts';

const records = { 'plex.tv': ['192.0.2.1', '192.0.2.2', '2001:db8::1'], 'v4.plex.tv': ['192.0.2.3'] };

async function ask(server: Parameters<typeof dnsServer>[0], name: string, family: 4 | 6): Promise<unknown> {
  const dns = await dnsServer(server);
  const resolver = new Resolver({ timeout: server === 'silent' ? 200 : 30_000, tries: 1 });
  resolver.setServers([`${dns.host}:${dns.port}`]);
  try {
    return await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  } finally {
    await dns.close();
  }
}

describe('dnsServer', () => {
  it.each<[string, Parameters<typeof dnsServer>[0], string, 4 | 6, unknown]>([
    ['gives IPv4 addresses', records, 'plex.tv', 4, ['192.0.2.1', '192.0.2.2']],
    ['gives IPv6 addresses', records, 'PLEX.tv', 6, ['2001:db8::1']],
    ['says that a family has none', records, 'v4.plex.tv', 6, 'ENODATA'],
    ['knows what does not exist', records, 'none.plex.tv', 4, 'ENOTFOUND'],
    ['nxdomain', 'nxdomain', 'plex.tv', 4, 'ENOTFOUND'],
    ['servfail', 'servfail', 'plex.tv', 4, 'ESERVFAIL'],
    ['refused', 'refused', 'plex.tv', 4, 'EREFUSED'],
    ['silent', 'silent', 'plex.tv', 4, 'ETIMEOUT'],
  ])('%s', async (_, server, name, family, expected) => {
    expect(await ask(server, name, family)).toEqual(expected);
  });
});
