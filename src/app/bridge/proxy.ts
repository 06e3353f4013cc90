import { chooseProxies } from '../../gather/settings/choose.ts';
import type { ProxyChoice } from '../../gather/probe/proxy-pool.ts';
import type { Groundwork } from '../live/groundwork.ts';
import { UsageError } from '../usage-error.ts';

/** The proxy that a bridge leads to. */
export function proxyFor({ settings, live }: Groundwork): ProxyChoice {
  const chosen = settings.state === 'ok' ? chooseProxies(settings.value, live) : { https: null, problems: [] };
  const { https, problems } = chosen;
  if (https === null)
    throw new UsageError(`bridge: ${problems[0] ?? 'no proxy is configured for https (--proxy names one)'}`);
  if (https.url.scheme === 'pac')
    throw new UsageError('bridge: a PAC file chooses the proxy here; name the proxy itself with --proxy URL');
  return https;
}
