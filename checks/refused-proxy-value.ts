import { defineCheck } from '../src/core/check.ts';
import { type DialectId, DIALECTS } from '../src/core/dialects/index.ts';
import { PLUG_INS, proxyVariables } from '../src/core/judge/settings/judged-settings.ts';

/** The client's error for this value of a proxy variable, or null. */
function errorOf(dialect: DialectId, value: string): string | null {
  const target = { scheme: 'https', host: 'example.com', port: 443 } as const;
  return DIALECTS[dialect].decide({ https_proxy: value }, target).error;
}

/** Variables that neither PMS nor its plug-ins read are not judged. */
const READ = /^(?:http_proxy|https_proxy|HTTPS_PROXY|all_proxy|ALL_PROXY)$/;

export default defineCheck({
  id: 'refused-proxy-value',
  title: 'PMS or its plug-ins refuse the value of a proxy variable',
  why: 'libcurl sends nothing when it cannot read the proxy’s address: a stray space or quote from a configuration file is enough.',
  remedy: 'Write the value of {variable} in {from} as http://host:port, without quotes, spaces and anything behind it.',
  severity: 'high',
  needs: ['settings', 'routing'],
  messages: {
    pms: '{variable} in {from} is "{value}", which PMS refuses for every request: {error}.',
    'plug-ins': '{variable} in {from} is "{value}", which the Python plug-ins of PMS refuse: {error}.',
    readable: 'PMS and its plug-ins can read the value of every proxy variable.',
    unset: 'No variable names a proxy.',
  },
  evaluate({ settings, routing }, say) {
    const variables = proxyVariables(settings).filter(({ name }) => READ.test(name));
    if (variables.length === 0) return say('not-applicable', 'unset', {});
    const found = variables.flatMap(({ name, value, from }) => {
      const args = { variable: name, from, value };
      const error = errorOf(routing.pmsDialect, value);
      if (error !== null) return [say('fail', 'pms', { ...args, error })];
      const other = errorOf(PLUG_INS, value);
      return other === null ? [] : [say('warn', 'plug-ins', { ...args, error: other })];
    });
    return found.length > 0 ? found : say('pass', 'readable', {});
  },
});
