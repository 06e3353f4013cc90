import { defineCheck } from '../src/core/check.ts';
import type { AttemptRecord } from '../src/core/model/probe-records.ts';
import type { JudgedEndpoint } from '../src/core/judge/facts.ts';
import { nameList } from '../src/core/judge/pms-way.ts';

/** Headers that only a forwarding or intercepting proxy adds. `Via` and `X-Cache` alone are also the mark of content networks. */
const TELLTALE = ['x-squid-error', 'proxy-agent', 'proxy-authenticate', 'x-bluecoat-via'];

export default defineCheck({
  id: 'transparent-proxy',
  title: 'A proxy sits on the direct route',
  why: 'A router can send direct connections through a proxy. Names are then filtered on the direct route, and TLS may be decrypted.',
  remedy:
    "Ask your network's administrator about the proxy on the direct route, and exempt this host from it where PMS goes direct.",
  severity: 'medium',
  needs: ['results'],
  supersededBy: ['certificate-swapped'],
  causes: ['tls-intercepted'],
  messages: {
    headers: 'The direct answer of {host} carries {header}, which only a proxy adds.',
    via: 'The direct answers of unrelated endpoints ({hosts}) carry the same "Via: {via}".',
    decrypted: 'A device on the way decrypts the direct connection to {hosts}.',
    none: 'No answer on the direct route shows a proxy.',
    unanswered: 'No endpoint answered directly, so a proxy could not be detected.',
  },
  evaluate({ results }, say) {
    const plain = results.flatMap((judged) => plainAnswers(judged));
    const marked = plain.flatMap(({ host, headers, id }) => {
      const header = TELLTALE.find((name) => headers[name] !== undefined);
      return header === undefined ? [] : [say('warn', 'headers', { host, header }, id)];
    });
    if (marked.length > 0) return marked;
    const decrypted = results.filter(({ result }) => result.direct.outcome === 'intercepted');
    if (decrypted.length > 0) {
      return say('warn', 'decrypted', { hosts: nameList(decrypted.map(({ result }) => result.host)) });
    }
    const shared = sharedVia(plain);
    if (shared !== null) return say('warn', 'via', { ...shared, hosts: nameList(shared.hosts) });
    const answered = results.some(({ attempts }) => attempts.direct.some(({ http }) => http !== null));
    return answered ? say('pass', 'none', {}) : say('not-applicable', 'unanswered', {});
  },
});

interface PlainAnswer {
  readonly id: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers in the clear: behind verified TLS, every header is the endpoint's own. */
function plainAnswers({ endpoint, attempts }: JudgedEndpoint): readonly PlainAnswer[] {
  const answered = attempts.direct.find((a: AttemptRecord) => a.tls === null && a.http !== null);
  return answered?.http ? [{ id: endpoint.id, host: endpoint.host, headers: answered.http.proxyHeaders }] : [];
}

/**
 * One `Via` with a host name or a comment in it (RFC 9110 section 7.6.3) on answers of different sites. A bare pseudonym such as
 * `1.1 varnish` is what a content network calls all of its nodes.
 */
function sharedVia(
  answers: readonly PlainAnswer[],
): { readonly via: string; readonly hosts: readonly string[] } | null {
  for (const { headers } of answers) {
    const via = headers['via'];
    if (via === undefined || !/[.(]/.test(via.replace(/^\S*/, ''))) continue;
    const hosts = answers.filter((answer) => answer.headers['via'] === via).map(({ host }) => host);
    if (new Set(hosts.map(siteOf)).size > 1) return { via, hosts };
  }
  return null;
}

/** The last two labels: near enough to tell unrelated sites apart. */
function siteOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}
