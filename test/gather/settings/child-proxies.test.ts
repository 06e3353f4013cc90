import { expect, it } from 'vitest';
import type { BornProcesses } from '../../../src/gather/settings/born.ts';
import { chooseChildProxies } from '../../../src/gather/settings/choose.ts';
import { secret } from '../../../src/gather/settings/variables.ts';
import { ProxyUrl } from '../../../src/core/values/secret.ts';

function child(variables: Readonly<Record<string, string>> | null, program = 'Plex Media Scanner'): BornProcesses {
  const found = Object.entries(variables ?? {}).map(([name, value]) => ({ name, value, from: '' }));
  return { program, variables: variables === null ? null : secret(found), pids: [931, 932] };
}

function urlOf(text: string): ProxyUrl {
  const parsed = ProxyUrl.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.url;
}

const OWN = 'http://proxy.example:3128';
const OLD = 'http://old.example:3128';

it.each<[string, readonly BornProcesses[], readonly string[]]>([
  ['another proxy than PMS', [child({ https_proxy: OLD })], [OLD]],
  ['the same', [child({ https_proxy: OWN })], []],
  ['for http alone', [child({ http_proxy: OLD })], []],
  ['several processes with the same', [child({ https_proxy: OLD }), child({ all_proxy: OLD })], [OLD]],
  ['none', [child({})], []],
  ['not known', [child(null)], []],
  ['a program that is not of Plex', [child({ https_proxy: OLD }, 'curl')], []],
  ['no address', [child({ https_proxy: 'http://a b' })], []],
])('%s', (_, born, expected) => {
  const chosen = { url: urlOf(OWN), from: 'https_proxy of pid:812' };
  expect(chooseChildProxies(born, [chosen, null]).map(({ url }) => url.reveal())).toEqual(expected);
});
