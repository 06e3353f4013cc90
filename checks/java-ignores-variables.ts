import { defineCheck } from '../src/core/check.ts';
import { judgedVariables, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

export default defineCheck({
  id: 'java-ignores-variables',
  title: 'Java reads none of the proxy variables',
  why: 'A Java program beside PMS goes direct unless it is given system properties. PMS itself contains no Java.',
  remedy: 'PMS needs no change.',
  severity: 'info',
  needs: ['settings', 'routing'],
  messages: {
    ignored: 'Java programs with this environment go direct: Java reads no proxy variable.',
    properties: 'Java programs with this environment get their proxy from JAVA_TOOL_OPTIONS ({from}).',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings }, say) {
    if (proxyVariables(settings).length === 0) return say('not-applicable', 'unset', {});
    const options = judgedVariables(settings).find(
      ({ name, value }) => name === 'JAVA_TOOL_OPTIONS' && /-D(?:https?\.|socks)proxyHost=/i.test(value),
    );
    return options ? say('pass', 'properties', { from: options.from }) : say('pass', 'ignored', {});
  },
});
