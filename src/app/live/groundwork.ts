import type { Gathered, Settings } from '../../core/model/evidence.ts';
import { withProviders } from '../../catalog/index.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import type { PmsStatus } from '../../core/model/pms-status.ts';
import type { SecretVariables } from '../../core/values/secret-variables.ts';
import { locatePms, type LocatedPms } from '../../gather/pms/locate.ts';
import { parseBundle } from '../../gather/probe/wire/trust.ts';
import { gatherSettings } from '../../gather/settings/gather.ts';
import { loadEndpoints } from '../endpoints.ts';
import { readInput } from '../files.ts';
import type { Run, RunOptions } from '../run.ts';
import { UsageError } from '../usage-error.ts';

/** A root bundle of every public CA is about 220 kB. */
const CA_FILE_LIMIT_BYTES = 8_388_608;

/** PMS, its settings and the endpoints: every live run begins with them. */
export interface Groundwork {
  readonly endpoints: readonly Endpoint[];
  readonly located: LocatedPms;
  readonly settings: Gathered<Settings>;
  readonly live: ReadonlyMap<string, SecretVariables>;
  /** Of `--ca`. */
  readonly extraRootsPem: string | null;
}

export async function layGround({ options, terminal }: Run): Promise<Groundwork> {
  const endpoints = await loadEndpoints(options);
  const extraRootsPem = options.ca === null ? null : await readRoots(options.ca);
  const located = await locatePms({ hint: options.envFrom });
  const { settings, live } = await gatherSettings({
    located,
    envFrom: options.envFrom,
    proxyOption: options.proxy,
    noProxyOption: options.noProxy,
    shell: terminal.environment,
  });
  if (settings.state !== 'ok' && options.envFrom.kind !== 'auto')
    throw new UsageError(`--env-from: ${settings.reason.message}`);
  return { endpoints, located, settings, live, extraRootsPem };
}

/** With the endpoints that only this PMS has. `--only` names those that count. */
export function withOwnEndpoints(
  ground: Groundwork,
  status: PmsStatus | null,
  { only }: Pick<RunOptions, 'only'>,
): Groundwork {
  const providers = status?.customProviders ?? [];
  return only.length > 0 ? ground : { ...ground, endpoints: withProviders(ground.endpoints, providers) };
}

async function readRoots(path: string): Promise<string> {
  const pem = await readInput('ca', path, CA_FILE_LIMIT_BYTES);
  if (parseBundle(pem).length === 0)
    throw new UsageError(`--ca: ${path} holds no PEM certificate (expected "-----BEGIN CERTIFICATE-----")`);
  return pem;
}
