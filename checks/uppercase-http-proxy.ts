import { defineCheck } from '../src/core/check.ts';
import { judgedVariables, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'uppercase-http-proxy',
  title: 'HTTP_PROXY is set in upper case only',
  why: 'For plain HTTP, libcurl reads http_proxy in lower case only: under CGI, a client could set HTTP_PROXY by a request header. PMS then goes direct, while its Python plug-ins use the proxy.',
  remedy: 'Set http_proxy, in lower case, beside or instead of HTTP_PROXY in {from}.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    ignored: 'HTTP_PROXY in {from} has no effect on PMS: plain HTTP goes direct.',
    fallback: 'HTTP_PROXY in {from} has no effect on PMS, which uses {variable} for plain HTTP.',
    absent: 'No proxy is set in upper-case HTTP_PROXY only.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings }, say) {
    if (proxyVariables(settings).length === 0) return say('not-applicable', 'unset', {});
    const filled = judgedVariables(settings).filter(({ value }) => value !== '');
    const upper = filled.find(({ name }) => name === 'HTTP_PROXY');
    if (!upper) return say('pass', 'absent', {});
    const read = ['http_proxy', 'all_proxy', 'ALL_PROXY'].find((name) => filled.some((other) => other.name === name));
    return read === undefined
      ? say('warn', 'ignored', { from: upper.from })
      : say('pass', 'fallback', { from: upper.from, variable: read });
  },
});
