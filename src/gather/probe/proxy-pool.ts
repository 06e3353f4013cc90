import type { Endpoint } from '../../core/model/endpoint.ts';
import type { ProxyProbe } from '../../core/model/probe-records.ts';
import { Deadline } from '../../core/values/deadline.ts';
import type { ProxyUrl } from '../../core/values/secret.ts';
import type { ProxyRoute } from './attempt.ts';
import { Proxy, type ProxyContext } from './proxy.ts';

/** A proxy to probe with, and words for the place that configures it. */
export interface ProxyChoice {
  readonly url: ProxyUrl;
  readonly from: string;
}

/** The proxy per scheme of the endpoint; null when none is known for it. */
export interface ProxiesByScheme {
  readonly http: ProxyChoice | null;
  readonly https: ProxyChoice | null;
}

/** The proxies of one run, each made once, with those that a PAC file names. */
export class ProxyPool {
  readonly #byUrl = new Map<string, Proxy>();
  readonly #routes: { readonly http: ProxyRoute | null; readonly https: ProxyRoute | null };
  readonly #pacProbes = new Map<string, () => Promise<ProxyProbe>>();
  readonly #context: ProxyContext;

  constructor(proxies: ProxiesByScheme, context: ProxyContext) {
    this.#context = context;
    const https = proxies.https && this.#route(proxies.https);
    const http =
      proxies.http && (proxies.http.url.reveal() === proxies.https?.url.reveal() ? https : this.#route(proxies.http));
    // An endpoint without a proxy for its scheme is probed through the other proxy: the user asks which way could work.
    this.#routes = { http: http ?? https, https: https ?? http };
  }

  get any(): boolean {
    return this.#routes.https !== null;
  }

  routeFor(endpoint: Endpoint): ProxyRoute | null {
    return this.#routes[endpoint.scheme];
  }

  async probeAll(): Promise<ProxyProbe[]> {
    const pacs = await Promise.all([...this.#pacProbes.values()].map((ask) => ask()));
    return [...pacs, ...(await Promise.all([...this.#byUrl.values()].map((proxy) => proxy.probe())))];
  }

  #route({ url, from }: ProxyChoice): ProxyRoute {
    if (url.scheme !== 'pac') return { kind: 'fixed', proxy: this.#proxy(url, from) };
    const { timeoutMs, signal } = this.#context;
    const startedAt = performance.now();
    // Few have a PAC file, and what runs it takes a tenth of the start.
    const loading = import('./pac.ts').then(({ loadPac }) => loadPac(url, Deadline.after(timeoutMs), signal));
    this.#pacProbes.set(url.reveal(), async () => {
      const script = await loading;
      return {
        url: url.masked,
        scheme: 'pac',
        host: url.host,
        port: url.port,
        from,
        addresses: [],
        outcome: script.ok ? 'ok' : script.outcome,
        code: script.ok ? null : script.code,
        detail: script.ok ? 'the PAC file was loaded' : script.detail,
        stages: [{ stage: 'tunnel', ms: Math.round(performance.now() - startedAt), ok: script.ok, detail: 'PAC file' }],
        invalidName: null,
        authSchemes: [],
        software: null,
      };
    });
    return {
      kind: 'pac',
      url: url.masked,
      script: () => loading,
      proxyFor: (entry) => this.#proxy(entry.url, `the PAC file ${url.masked}`),
    };
  }

  #proxy(url: ProxyUrl, from: string): Proxy {
    const key = url.reveal();
    const known = this.#byUrl.get(key);
    if (known) return known;
    const fresh = new Proxy(url, from, this.#context);
    this.#byUrl.set(key, fresh);
    return fresh;
  }
}
