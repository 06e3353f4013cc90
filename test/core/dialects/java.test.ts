import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/core/dialects/dialect.ts';
import { JAVA } from '../../../src/core/dialects/java.ts';
import { HTTP, HTTPS } from '../../support/dialects.ts';

describe('Java, by JAVA_TOOL_OPTIONS', () => {
  const ROWS: readonly (readonly [options: string, target: Target, proxy: string | null])[] = [
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=3128', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test', HTTPS, null],
    ['-Xmx1g -Dhttps.proxyHost=p.test', HTTPS, 'http://p.test:443'],
    ['-DsocksProxyHost=s.test', HTTPS, 'socks5://s.test:1080'],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=*.com|foo', HTTPS, null],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=.com', HTTPS, 'http://p.test:443'],
    ['-Dhttps.proxyHost=p.test -Dhttp.nonProxyHosts=*ample*', HTTPS, null],
    ['-Dhttps.proxyHost=p.test -DproxyPort=99', HTTPS, 'http://p.test:99'],
    ['-Dhttp.proxyPort=3128 -DproxyHost=p.test', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=x', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=06070', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=0xc38', HTTP, 'http://p.test:3128'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=08080', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=99999999999', HTTP, 'http://p.test:80'],
    ['-Dhttp.proxyHost=p.test -Dhttp.proxyPort=99999', HTTP, null],
    ['-Dhttp.proxyHost=p.test -Dhttp.nonProxyHosts=foo', { scheme: 'http', host: '127.0.0.1', port: 80 }, null],
    ['-Dhttps.proxyHost=p.test "-Dhttp.nonProxyHosts=foo|example.*"', HTTPS, null],
    ['-Dhttp.proxyHost=p.test', { scheme: 'http', host: '127.0.0.1', port: 32_400 }, null],
    ['-Dhttp.proxyHost=p.test', { scheme: 'http', host: '::1', port: 32_400 }, null],
    [
      '-Dhttp.proxyHost=p.test -Dhttp.nonProxyHosts=',
      { scheme: 'http', host: 'localhost', port: 80 },
      'http://p.test:80',
    ],
  ];
  it.each(ROWS)('%s', (options, target, proxy) => {
    expect(JAVA.decide({ JAVA_TOOL_OPTIONS: options }, target).proxy).toBe(proxy);
  });
});
