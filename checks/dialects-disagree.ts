import { defineCheck } from '../src/core/check.ts';
import { DIALECT_IDS, type DialectId } from '../src/core/dialects/dialect.ts';
import { nameList, pmsWays } from '../src/core/pms-way.ts';

/** Clients that people test with or that run beside PMS. Java reads no variable at all, so that it would always disagree. */
const OTHER_CLIENTS: readonly DialectId[] = ['python-requests', 'go', 'node-fetch', 'node-http', 'wget'];
const CURL_ERAS = DIALECT_IDS.filter((id) => id.startsWith('curl-'));

export default defineCheck({
  id: 'dialects-disagree',
  title: 'Clients read the same variables differently',
  why: 'PMS reads the variables by the rules of its libcurl, its plug-ins by those of Python. A list that one understands and the other does not sends the same endpoint two ways.',
  remedy:
    'Write no_proxy so that every client reads it alike: plain lower-case names and addresses, separated by commas alone, without ports, wildcards and networks. It concerns {hosts}.',
  severity: 'medium',
  needs: ['results', 'routing'],
  causes: ['excluded-by-no-proxy'],
  messages: {
    'plug-ins': 'PMS and its plug-ins go different ways for {hosts}.',
    versions: "The version of PMS's libcurl is not known, and versions of it go different ways for {hosts}.",
    others: 'PMS and its plug-ins agree; {clients} would go another way for some endpoints, so do not test with them.',
    agree: 'All clients go the same way for every endpoint.',
  },
  evaluate({ results, routing }, say) {
    const { pmsDialect, pmsDialectKnown, decisions } = routing;
    const ways = pmsWays(results, routing);
    const differingFrom = (dialects: readonly DialectId[]): string[] =>
      ways
        .filter(({ endpoint, decision }) =>
          dialects.some((dialect) => decisions[endpoint.id]?.[dialect].route !== decision.route),
        )
        .map(({ result }) => result.host);
    const plugIns = differingFrom(['python-urllib']);
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
