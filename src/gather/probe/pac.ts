import { createPacResolver } from 'pac-resolver';
import { proxies } from 'proxy-agent';
import { QuickJS } from 'quickjs-wasi';
import type { Deadline } from '../../core/values/deadline.ts';
import { quoted } from '../../core/values/printable.ts';
import { ProxyUrl } from '../../core/values/secret.ts';
import { pacNotLoaded, readPacFile } from './pac-file.ts';
import { codeOf } from '../system/errors.ts';
import { failure, waitFor, type StageResult } from './wire/wait.ts';
import { ownCode } from '../../core/model/reason.ts';

/** One entry of the value that FindProxyForURL returned. */
export type PacEntry = { readonly kind: 'direct' } | { readonly kind: 'proxy'; readonly url: ProxyUrl };

/** The schemes of a PAC result (Mozilla's list); SOCKS without a number is SOCKS5 with names resolved by the proxy. */
const PAC_SCHEMES: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5h',
  SOCKS5: 'socks5h',
  SOCKS4: 'socks4a',
};

const PAC_DEFAULT_PORT: Readonly<Record<string, number>> = { http: 80, https: 443, socks5h: 1080, socks4a: 1080 };

export interface PacScript {
  /** The entries for a URL, in the order in which a client tries them. */
  find(url: string, deadline: Deadline): Promise<StageResult<readonly PacEntry[]>>;
}

/**
 * Time for which a script may keep the processor. It runs on our own thread: an endless loop in it would stop every
 * clock of the run, Ctrl-C included.
 */
const SCRIPT_SLICE_MS = 500;

/** Real scripts need some hundred kilobytes. */
const SCRIPT_MEMORY_BYTES = 67_108_864;

/** Fetches a PAC file once and compiles it (QuickJS in WebAssembly: no access to this process, limited time and memory). */
export async function loadPac(pac: ProxyUrl, deadline: Deadline, signal: AbortSignal): Promise<StageResult<PacScript>> {
  const script = await readPacFile(pac, deadline, signal);
  if (!script.ok) return script;
  const leash = new Leash();
  const late = failure('proxy-unreachable', ownCode('PAC_TIMEOUT'), 'the PAC file was not compiled in time');
  const resolver = await waitFor<FindProxy>(deadline, signal, late, (done) => {
    compile(script.value, leash).then(
      (value) => done({ ok: true, value }),
      (error: unknown) => done(leash.broken ? LOOPS : pacNotLoaded(error)),
    );
    return () => undefined;
  });
  if (!resolver.ok) return resolver;
  const findProxy = resolver.value;
  const silent = failure('proxy-error', ownCode('PAC_TIMEOUT'), 'FindProxyForURL did not return');
  return {
    ok: true,
    value: {
      find: (url, within) =>
        waitFor<readonly PacEntry[]>(within, signal, silent, (done) => {
          if (leash.broken) done(LOOPS);
          else {
            leash.extend();
            findProxy(url).then(
              (result) => done(parseResult(result)),
              (error: unknown) =>
                done(
                  leash.broken
                    ? LOOPS
                    : failure('proxy-error', ownCode('PAC_FAILED'), `FindProxyForURL threw ${quoted(codeOf(error))}`),
                ),
            );
          }
          return () => undefined;
        }),
    },
  };
}

const LOOPS = failure(
  'proxy-error',
  ownCode('PAC_LOOPS'),
  `the PAC script kept running for ${SCRIPT_SLICE_MS} ms without an end`,
);

/** Ends a script that does not end by itself; once it has, no further call is let in. */
class Leash {
  broken = false;
  #until = performance.now() + SCRIPT_SLICE_MS;

  extend(): void {
    this.#until = performance.now() + SCRIPT_SLICE_MS;
  }

  /** Asked by QuickJS every few thousand operations; true interrupts the script. */
  readonly isTaut = (): boolean => {
    this.broken ||= performance.now() > this.#until;
    return this.broken;
  };
}

type FindProxy = (url: string) => Promise<string>;

/** A resolver of proxy-agent's PAC agent, whose own loader would set no limits to the script. */
async function compile(script: string, leash: Leash): Promise<FindProxy> {
  const PacAgent = await proxies['pac+http'][0]();
  const agent: object = Reflect.construct(PacAgent, ['pac+data:,']);
  const vm = await QuickJS.create({ interruptHandler: leash.isTaut, memoryLimit: SCRIPT_MEMORY_BYTES });
  leash.extend();
  // The script's alert() would print on our standard output.
  const loadResolver = async (): Promise<FindProxy> =>
    createPacResolver(vm, script, { sandbox: { alert: () => undefined } });
  Object.assign(agent, { loadResolver });
  if (!resolves(agent)) throw new Error('pac-proxy-agent no longer offers getResolver()');
  return agent.getResolver();
}

function resolves(agent: object): agent is { getResolver(): Promise<FindProxy> } {
  return 'getResolver' in agent && typeof agent.getResolver === 'function';
}

/** `PROXY a:3128; SOCKS5 b:1080; DIRECT`. Nothing at all means DIRECT. */
export function parseResult(result: string | null | undefined): StageResult<readonly PacEntry[]> {
  const entries: PacEntry[] = [];
  for (const item of (result ?? '').split(';')) {
    const [type = '', target = ''] = item.trim().split(/\s+/);
    if (type === '') continue;
    if (type.toUpperCase() === 'DIRECT') {
      entries.push({ kind: 'direct' });
      continue;
    }
    const scheme = PAC_SCHEMES[type.toUpperCase()];
    const port = scheme && !/:\d+$/.test(target) ? `:${PAC_DEFAULT_PORT[scheme]}` : '';
    const parsed = scheme ? ProxyUrl.parse(`${scheme}://${target}${port}`) : null;
    if (!parsed?.ok)
      return failure(
        'proxy-error',
        ownCode('PAC_RESULT'),
        `FindProxyForURL returned an entry of unknown form ${quoted(type)}`,
      );
    entries.push({ kind: 'proxy', url: parsed.url });
  }
  return { ok: true, value: entries.length > 0 ? entries : [{ kind: 'direct' }] };
}
