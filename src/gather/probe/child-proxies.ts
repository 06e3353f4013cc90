import type { AttemptRecord, ChildProxyProbe } from '../../core/model/probe-records.ts';
import type { ProxyUrl } from '../../core/values/secret.ts';
import type { Job } from './plan.ts';
import { Proxy, type ProxyContext } from './proxy.ts';

/** A proxy that a child process of PMS was given, and PMS itself was not. */
export interface ChildProxy {
  readonly url: ProxyUrl;
  readonly program: string | null;
  readonly pid: number;
}

/** PMS starts its children alike, so that one or two such proxies are all there are. */
const MOST_PROXIES = 3;

/** Asks the proxies of children for the endpoints that a scan needs, one endpoint after another. */
export function probeChildProxies(
  children: readonly ChildProxy[],
  jobs: readonly Job[],
  context: ProxyContext,
  ask: (job: Job, proxy: Proxy) => Promise<AttemptRecord>,
): Promise<readonly ChildProxyProbe[]> {
  const needed = jobs.filter(({ endpoint, route }) => endpoint.need === 'scan' && route === 'direct');
  const once = needed.filter(({ host }, at) => needed.findIndex((job) => job.host === host) === at);
  return Promise.all(
    children.slice(0, MOST_PROXIES).map(async ({ url, program, pid }) => {
      const proxy = new Proxy(url, `the environment of pid:${pid}`, context);
      const attempts: AttemptRecord[] = [];
      for (const job of once) attempts.push(await ask({ ...job, route: 'proxy', family: null }, proxy));
      return { program, pid, url: url.masked, attempts };
    }),
  );
}
