import { defineCheck } from '../src/core/check.ts';
import { DIALECTS } from '../src/core/dialects/index.ts';
import { PLUG_INS, proxyVariables } from '../src/core/dialects/lint.ts';
import type { DialectId, Target } from '../src/core/dialects/dialect.ts';

const TARGET: Target = { scheme: 'https', host: 'example.com', port: 443 };

/** The port at which this client looks for a proxy of this value; null when it refuses the value. */
function portFor(dialect: DialectId, value: string): string | null {
  return /:(\d+)$/.exec(DIALECTS[dialect].decide({ https_proxy: value }, TARGET).proxy ?? '')?.[1] ?? null;
}

export default defineCheck({
  id: 'portless-proxy',
  title: 'The proxy is written without a port',
  why: 'libcurl, and PMS with it, assumes port 1080, Python 80 or 443, wget 80: each looks for the proxy in another place.',
  remedy: 'Write the port at the end of the value of {variable} in {from}, such as :3128.',
  severity: 'medium',
  needs: ['settings', 'routing'],
  messages: {
    portless:
      '{variable} in {from} is "{value}", without a port: PMS looks for the proxy on port {port}, its plug-ins on {other}.',
    ported: 'Every proxy is written with a port.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings, routing }, say) {
    const variables = proxyVariables(settings);
    if (variables.length === 0) return say('not-applicable', 'unset', {});
    const found = variables.flatMap(({ name, value, from }) => {
      const port = portFor(routing.pmsDialect, value);
      const other = portFor(PLUG_INS, value);
      if (port === null || port === other || /:\d+(?:[/?#]|$)/.test(value)) return [];
      return [say('warn', 'portless', { variable: name, from, value, port, other: other ?? 'none' })];
    });
    return found.length > 0 ? found : say('pass', 'ported', {});
  },
});
