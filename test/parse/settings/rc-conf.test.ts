import { expect, it } from 'vitest';
import { isRcConf, parseRcConf } from '../../../src/parse/settings/rc-conf.ts';

it.each<[string, readonly string[]]>([
  [
    'hostname="nas"\nplexmediaserver_enable="YES"\nplexmediaserver_env="https_proxy=http://p:3128 no_proxy=localhost"\n',
    ['https_proxy=http://p:3128@3', 'no_proxy=localhost@3'],
  ],
  ["plexmediaserver_plexpass_env='A=1'\n", ['A=1@1']],
  ['sshd_enable="YES"\nsshd_env="A=1"\n', []],
  ['plexmediaserver_env="A=$B"', ['A=$B@1 ($B)']],
])('%j', (text, expected) => {
  expect(isRcConf(text)).toBe(true);
  const told = parseRcConf(text).map(
    (a) => `${a.name}=${a.value}@${a.line}${a.unresolved === null ? '' : ` (${a.unresolved})`}`,
  );
  expect(told).toEqual(expected);
});

it('is not what a list of variables looks like', () => {
  expect(isRcConf('https_proxy=http://p\nexport no_proxy=x\n')).toBe(false);
});
