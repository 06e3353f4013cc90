import { createReadStream } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import type { Readable } from 'node:stream';
import type { Deadline } from '../../core/values/deadline.ts';
import type { ProxyUrl } from '../../core/values/secret.ts';
import { USER_AGENT } from '../../core/values/version.ts';
import { codeOf } from '../system/errors.ts';
import { failure, waitFor, type StageFailure, type StageResult } from './wire/wait.ts';
import { quoted } from '../../core/values/printable.ts';
import { ownCode } from '../../core/model/reason.ts';

/** Firefox reads PAC files of at most 1 MiB (kMaxPACScriptSize); real ones have some kilobytes. */
const PAC_LIMIT_BYTES = 1_048_576;
const MAX_REDIRECTS = 5;

/**
 * Reads a PAC file, within the deadline and a limit of size, and leaves no connection behind. Failures are `proxy-unreachable`
 * with the code PAC_LOAD_FAILED or PAC_TIMEOUT.
 */
export function readPacFile(pac: ProxyUrl, deadline: Deadline, signal: AbortSignal): Promise<StageResult<string>> {
  const late = failure('proxy-unreachable', ownCode('PAC_TIMEOUT'), 'the PAC file was not delivered in time');
  return waitFor<string>(deadline, signal, late, (done) => {
    const stop = new AbortController();
    readAll(new URL(pac.reveal().slice('pac+'.length)), stop.signal).then(
      (value) => done({ ok: true, value }),
      (error: unknown) => done(pacNotLoaded(error)),
    );
    return () => stop.abort();
  });
}

export function pacNotLoaded(error: unknown): StageFailure {
  return failure(
    'proxy-unreachable',
    ownCode('PAC_LOAD_FAILED'),
    `the PAC file could not be loaded: ${quoted(codeOf(error))}`,
  );
}

async function readAll(url: URL, signal: AbortSignal): Promise<string> {
  switch (url.protocol) {
    case 'data:':
      return dataOf(url);
    case 'file:':
      return textOf(createReadStream(url, { signal }));
    default:
      return textOf(await request(url, signal));
  }
}

/** RFC 2397. */
function dataOf(url: URL): string {
  const [, parameters = '', data = ''] = /^([^,]*),(.*)$/s.exec(url.href.slice('data:'.length)) ?? [];
  return /;\s*base64\s*$/i.test(parameters)
    ? Buffer.from(decodeURIComponent(data), 'base64').toString()
    : decodeURIComponent(data);
}

async function request(url: URL, signal: AbortSignal, redirects = 0): Promise<IncomingMessage> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const asked = get(url, { agent: false, signal, headers: { 'user-agent': USER_AGENT } }, resolve);
    asked.on('error', reject);
  });
  const { statusCode: status = 0, headers } = reply;
  if (status === 200) return reply;
  reply.destroy();
  const next = headers.location === undefined ? null : new URL(headers.location, url);
  if (status < 300 || status > 399 || next === null || redirects === MAX_REDIRECTS) throw new Error(`HTTP ${status}`);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw new Error('it is redirected to no web address');
  return request(next, signal, redirects + 1);
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > PAC_LIMIT_BYTES) throw new Error(`it has more than ${PAC_LIMIT_BYTES} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}
