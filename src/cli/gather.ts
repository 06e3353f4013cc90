import { platform } from 'node:os';
import { CATALOGUE, ENDPOINTS_FILE_LIMIT_BYTES, findEndpoints, parseEndpointsFile } from '../catalog/index.ts';
import { Deadline } from '../core/deadline.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { failed, NO_PMS_LOG, NOT_WATCHED, ok, valueOf, type Evidence } from '../core/evidence.ts';
import { nearest } from '../core/nearest.ts';
import type { SecretVariables } from '../core/secret-variables.ts';
import { TOOL } from '../core/version.ts';
import { locatePms } from '../gather/pms/locate.ts';
import { parseBundle } from '../gather/probe/trust.ts';
import { probe } from '../gather/probe/probe.ts';
import { chooseProxies } from '../gather/settings/choose.ts';
import { gatherSettings } from '../gather/settings/gather.ts';
import { UsageError } from './errors.ts';
import { readInput } from './files.ts';
import type { RunOptions } from './options.ts';
import { startProgress } from './progress.ts';

/** A root bundle of every public CA is about 220 kB. */
const CA_FILE_LIMIT_BYTES = 8_388_608;

/** The catalogue as the user wants it: their file's changes, then their choice. */
export async function loadEndpoints(options: Pick<RunOptions, 'endpoints' | 'only'>): Promise<readonly Endpoint[]> {
  const all = options.endpoints === null ? CATALOGUE : await readEndpoints(options.endpoints);
  const chosen = options.only.flatMap((name) => {
    const found = findEndpoints(name, all);
    if (found.length > 0) return found;
    const near = nearest(
      name,
      all.flatMap((e) => [e.id, e.host]),
    );
    throw new UsageError(
      `--only: no endpoint has the id or host "${name}"${near ? `; did you mean "${near}"?` : '; "endpoints" lists them'}`,
    );
  });
  return options.only.length === 0 ? all : all.filter((e) => chosen.includes(e));
}

async function readEndpoints(path: string): Promise<readonly Endpoint[]> {
  const text = await readInput('endpoints', path, ENDPOINTS_FILE_LIMIT_BYTES);
  const result = parseEndpointsFile(text, path, CATALOGUE);
  if (!result.ok) throw new UsageError(result.problems.join('\n'));
  return result.endpoints;
}

export interface GatheredEvidence {
  readonly evidence: Evidence;
  /** The variables that are judged, whole; null when there are none. */
  readonly variables: SecretVariables | null;
}

/** Gathers everything that `check` judges. */
export async function gatherEvidence(options: RunOptions, signal: AbortSignal): Promise<GatheredEvidence> {
  const startedAt = new Date();
  const budget = Deadline.after(options.budgetMs);
  const endpoints = await loadEndpoints(options);
  const extraRootsPem = options.ca === null ? null : await readRoots(options.ca);
  const located = await locatePms({ hint: options.envFrom });
  const { settings, live } = await gatherSettings({
    located,
    envFrom: options.envFrom,
    proxyOption: options.proxy,
    noProxyOption: options.noProxy,
    shell: process.env,
  });
  if (settings.state !== 'ok' && options.envFrom.kind !== 'auto')
    throw new UsageError(`--env-from: ${settings.reason.message}`);
  const chosen =
    settings.state === 'ok' ? chooseProxies(settings.value, live) : { http: null, https: null, problems: [] };
  const progress = startProgress(
    process.stderr,
    `probing ${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}, each attempt at most ${options.timeoutMs / 1_000} s`,
  );
  const probed = await probe({
    endpoints,
    families: options.families,
    proxies: chosen,
    timeoutMs: options.timeoutMs,
    budget,
    signal,
    extraRootsPem,
    pmsBundlePem: located.caBundlePem,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.end());
  const [problem] = chosen.problems;
  const evidence: Evidence = {
    kind: 'pms-proxy-doctor/evidence',
    schemaVersion: 1,
    tool: TOOL,
    run: {
      command: 'check',
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      platform: platform(),
      timeoutMs: options.timeoutMs,
      families: options.families,
      interrupted: signal.aborted,
    },
    items: {
      endpoints: ok(endpoints),
      pms: located.pms,
      settings,
      ...probed,
      traffic: NOT_WATCHED,
      pmsLog: NO_PMS_LOG,
      ...(problem !== undefined && valueOf(probed.proxies) === null
        ? { proxies: failed('BAD_PROXY_VALUE', problem) }
        : {}),
    },
    sanitized: {},
  };
  const used = valueOf(settings)?.used;
  return { evidence, variables: used === undefined ? null : (live.get(used) ?? null) };
}

async function readRoots(path: string): Promise<string> {
  const pem = await readInput('ca', path, CA_FILE_LIMIT_BYTES);
  if (parseBundle(pem).length === 0)
    throw new UsageError(`--ca: ${path} holds no PEM certificate (expected "-----BEGIN CERTIFICATE-----")`);
  return pem;
}
