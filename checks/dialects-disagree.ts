import { defineCheck } from '../src/core/check.ts';
import { nameList, pmsWays } from '../src/core/judge/pms-way.ts';
import { wayOf } from '../src/core/dialects/dialect.ts';
import { CURL } from '../src/core/dialects/curl.ts';
import { DIALECT_IDS, DIALECTS, type DialectId } from '../src/core/dialects/index.ts';
import { PLUG_INS } from '../src/core/judge/settings/judged-settings.ts';

/** Clients that people test with or that run beside PMS. Java reads no proxy variable, so it would always disagree. */
const OTHER_CLIENTS = DIALECT_IDS.filter((id) => {
  const { client, reads } = DIALECTS[id];
  return id === client && client !== CURL.client && id !== PLUG_INS && reads === 'proxy-variables';
});
const CURL_ERAS = DIALECT_IDS.filter((id) => DIALECTS[id].client === CURL.client && id !== CURL.id);

export default defineCheck({
  id: 'dialects-disagree',
  title: 'Clients read the same variables differently',
  why: 'PMS reads the variables by the rules of its libcurl, its plug-ins by those of Python. Where these rules differ, the same endpoint goes two ways.',
  remedy:
    'Write the variables so that every client reads them alike: http_proxy and https_proxy (Python reads no all_proxy), and no_proxy as plain lower-case names and addresses, separated by commas alone, without ports, wildcards and networks. Affected: {hosts}.',
  severity: 'medium',
  needs: ['results', 'routing'],
  causes: ['excluded-by-no-proxy'],
  messages: {
    'plug-ins': 'PMS and its plug-ins go different ways for {hosts}.',
    versions: "PMS's libcurl version is unknown, and libcurl versions go different ways for {hosts}.",
    others: 'PMS and its plug-ins agree; {clients} would go another way for some endpoints, so do not test with them.',
    agree: 'All clients go the same way for every endpoint.',
  },
  evaluate({ results, routing }, say) {
    const { pmsDialect, pmsDialectKnown, decisions } = routing;
    const ways = pmsWays(results, routing);
    const differingFrom = (dialects: readonly DialectId[]): string[] =>
      ways
        .filter(({ endpoint, decision }) =>
          dialects.some((dialect) => {
            const other = decisions[endpoint.id]?.[dialect];
            return other !== undefined && wayOf(other) !== wayOf(decision);
          }),
        )
        .map(({ result }) => result.host);
    const plugIns = differingFrom([PLUG_INS]);
    const versions = pmsDialectKnown ? [] : differingFrom(CURL_ERAS);
    const warnings = [
      ...(plugIns.length > 0 ? [say('warn', 'plug-ins', { hosts: nameList(plugIns) })] : []),
      ...(versions.length > 0 ? [say('warn', 'versions', { hosts: nameList(versions) })] : []),
    ];
    if (warnings.length > 0) return warnings;
    const others = OTHER_CLIENTS.filter((dialect) => dialect !== pmsDialect && differingFrom([dialect]).length > 0);
    return others.length > 0 ? say('pass', 'others', { clients: others.join(', ') }) : say('pass', 'agree', {});
  },
});
