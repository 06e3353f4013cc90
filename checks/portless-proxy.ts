import { defineCheck } from '../src/core/check.ts';
import { type DialectId, DIALECTS } from '../src/core/dialects/index.ts';
import { PLUG_INS, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';
import type { Target } from '../src/core/dialects/dialect.ts';

const TARGET: Target = { scheme: 'https', host: 'example.com', port: 443 };

/** The port at which this client looks for a proxy of this value; null when it refuses the value. */
function portFor(dialect: DialectId, value: string): string | null {
  return /:(\d+)$/.exec(DIALECTS[dialect].decide({ https_proxy: value }, TARGET).proxy ?? '')?.[1] ?? null;
}

export default defineCheck({
  id: 'portless-proxy',
  title: 'The proxy is written without a port',
  why: 'libcurl, and PMS with it, assumes port 1080 until 8.20 and 80 since 8.21, Python 80 or 443, wget 80: each looks for the proxy on another port.',
  remedy: 'Write the port at the end of the value of {variable} in {from}, such as :3128.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    portless:
      '{variable} in {from} is "{value}", without a port: PMS looks for the proxy on port {port}, its plug-ins on {other}.',
    unsure:
      '{variable} in {from} is "{value}", without a port: PMS looks for the proxy on port {port}, or on {other} if its libcurl is older than 8.21.',
    ported: 'Every proxy is written with a port.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings, routing }, say) {
    const variables = proxyVariables(settings);
    if (variables.length === 0) return say('not-applicable', 'unset', {});
    const found = variables.flatMap(({ name, value, from }) => {
      const port = portFor(routing.pmsDialect, value);
      const other = portFor(PLUG_INS, value);
      if (port === null || /:\d+(?:[/?#]|$)/.test(value)) return [];
      const older = routing.pmsDialectKnown ? port : portFor('curl-8.18', value);
      if (older !== null && older !== port) {
        return [say('warn', 'unsure', { variable: name, from, value, port, other: older })];
      }
      if (port === other) return [];
      return [say('warn', 'portless', { variable: name, from, value, port, other: other ?? 'none' })];
    });
    return found.length > 0 ? found : say('pass', 'ported', {});
  },
});
