import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { javaProxyOptions } from '../../../src/parse/settings/java-options.ts';

describe('javaProxyOptions', () => {
  it.each([
    ['', ''],
    ['-Xmx1g -Dapp.token=secret', ''],
    ['-Xmx1g -Dhttps.proxyHost=p -Dhttps.proxyPort=3128', '-Dhttps.proxyHost=p -Dhttps.proxyPort=3128'],
    ['-Dhttp.nonProxyHosts="localhost|*.test"', '-Dhttp.nonProxyHosts=localhost|*.test'],
    ["'-Dhttp.proxyHost=p'", '-Dhttp.proxyHost=p'],
    [
      '-DsocksProxyHost=s -DsocksProxyPort=1080 -Djava.net.useSystemProxies=true',
      '-DsocksProxyHost=s -DsocksProxyPort=1080 -Djava.net.useSystemProxies=true',
    ],
    ['-Dhttp.proxyUser=alice -Dhttp.proxyPassword=hunter2', ''],
    ['-Dhttp.proxyHostile=x', ''],
    ['-Dhttp.proxyHost="a b"', ''],
  ])('%j', (value, kept) => {
    expect(javaProxyOptions(value)).toBe(kept);
  });

  it('keeps nothing but proxy options', () => {
    const option = fc.oneof(fc.constantFrom('-Dhttp.proxyHost=p', '-Dx=y', '-Dhttp.proxyPassword=z'), fc.string());
    expect(() =>
      fc.assert(
        fc.property(fc.array(option), (options) =>
          javaProxyOptions(options.join(' '))
            .split(' ')
            .every((kept) => kept === '' || /^-D(?:https?|ftp|socks|java)/.test(kept)),
        ),
      ),
    ).not.toThrow();
  });
});
