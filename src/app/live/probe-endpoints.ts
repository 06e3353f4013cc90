import { failed, valueOf, type Evidence } from '../../core/model/evidence.ts';
import { Deadline } from '../../core/values/deadline.ts';
import type { ProbeInput } from '../../gather/probe/probe.ts';
import type { BornProcesses } from '../../gather/settings/born.ts';
import { chooseChildProxies, chooseProxies } from '../../gather/settings/choose.ts';
import { probeForPms } from '../../gather/vantage/vantage.ts';
import type { Groundwork } from './groundwork.ts';
import { startProbing } from '../progress.ts';
import type { Run } from '../run.ts';

export type Probed = Pick<
  Evidence['items'],
  'proxies' | 'attempts.direct' | 'attempts.proxy' | 'resolver' | 'vantage' | 'load' | 'childProxies'
>;

/** Probes every endpoint directly and through the proxies of the settings, where PMS stands if possible. */
export async function probeEndpoints(
  { options, terminal, signal }: Run,
  ground: Groundwork,
  patient: boolean,
  born: readonly BornProcesses[] = [],
): Promise<Probed> {
  const { endpoints, located, settings, live, extraRootsPem } = ground;
  const chosen =
    settings.state === 'ok' ? chooseProxies(settings.value, live) : { http: null, https: null, problems: [] };
  const progress = startProbing(
    terminal,
    `probing ${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}, each attempt at most ${options.timeoutMs / 1_000} s`,
  );
  const input: ProbeInput = {
    endpoints,
    families: options.families,
    proxies: chosen,
    children: chooseChildProxies(born, [chosen.https, chosen.http]),
    timeoutMs: options.timeoutMs,
    patient,
    budget: Deadline.after(options.budgetMs),
    signal,
    extraRootsPem,
    pmsBundlePem: located.caBundlePem,
    onProgress: (done, total) => progress.update(done, total),
  };
  // The settings of this shell are those of a program that is started here, wherever PMS runs.
  const pid = options.envFrom.kind === 'shell' ? null : (valueOf(located.pms)?.pid ?? null);
  const probed = await probeForPms(input, { pid, entry: terminal.entry }).finally(() => progress.end());
  const [problem] = chosen.problems;
  return problem !== undefined && valueOf(probed.proxies) === null
    ? { ...probed, proxies: failed('BAD_PROXY_VALUE', problem) }
    : probed;
}
