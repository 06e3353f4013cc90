import { ask, type ClientProgram, type ClientRequest, type ClientResult } from './client.ts';
import type { PmsStandInConfig } from './config.ts';
import type { PmsLog } from './log.ts';

/** Requests that programs of the stand-in make, written to a log in PMS's words. */
export class Outgoing {
  readonly #config: () => PmsStandInConfig;

  constructor(config: () => PmsStandInConfig) {
    this.#config = config;
  }

  async get(
    program: ClientProgram,
    url: string,
    { log, ignoresProxy = false, signal }: OutgoingOptions,
  ): Promise<ClientResult> {
    const { connectTimeoutSeconds, cacert, resolve } = this.#config();
    const number = log.requestNumber();
    const thread = log.thread();
    log.write('DEBUG', `[${number}] HTTP requesting GET ${url}`, thread);
    const request: ClientRequest = { url, ignoresProxy, connectTimeoutSeconds, cacert, resolve };
    const result = await ask(program, request, signal);
    const end = endOf(url, result);
    log.write(end.level, `[HttpClient/${number}] ${end.text}`, thread);
    return result;
  }
}

interface OutgoingOptions {
  readonly log: PmsLog;
  readonly ignoresProxy?: boolean;
  readonly signal: AbortSignal;
}

function endOf(url: string, result: ClientResult): { readonly level: 'DEBUG' | 'WARN'; readonly text: string } {
  const { status, curl, name, detail, seconds } = result;
  return status === null
    ? { level: 'WARN', text: `HTTP error requesting GET ${url} (${curl}, ${name}) (${detail})` }
    : { level: 'DEBUG', text: `HTTP/1.1 (${seconds.toFixed(1)}s) ${status} response from GET ${url}` };
}
