import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { domainToASCII, fileURLToPath } from 'node:url';
import { curlDialectFor } from '../../../src/core/dialects/curl.ts';
import { goDialectFor } from '../../../src/core/dialects/go.ts';
import { requestsDialectFor } from '../../../src/core/dialects/python.ts';
import { parseLooseIPv4 } from '../../../src/core/dialects/inet.ts';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import { addressBytes, formatAddress, formatIPv4, parseIPv4, unmapped } from '../../../src/core/values/address.ts';
import { urlOf } from '../../../src/core/dialects/decision.ts';
import type { Decision, Dialect, Target } from '../../../src/core/dialects/dialect.ts';
import { type DialectId, DIALECTS } from '../../../src/core/dialects/index.ts';
import type { Case } from './cases.ts';

/** `system-requests`: of Debian's own Python, where another one, with another requests, is first in PATH. */
export const CLIENTS = [
  'curl',
  'wget',
  'python-urllib',
  'python-requests',
  'system-requests',
  'node-fetch',
  'node-http',
  'go',
] as const;
export type Client = (typeof CLIENTS)[number];

interface Sighting {
  readonly address: string;
  readonly port: number;
  /** The protocol: see the recorder. */
  readonly form: string;
}
type Observation = Readonly<Record<string, { readonly sightings: readonly Sighting[]; readonly error: string | null }>>;

export interface Difference {
  readonly client: Client;
  readonly dialect: DialectId;
  readonly case: Case;
  readonly expected: string;
  readonly observed: string;
  readonly error: string | null;
}

// ── what is installed ──────────────────────────────────────────────────────────────────────────────────────────────────

function outputOf(program: string, ...words: readonly string[]): string | null {
  try {
    return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 });
  } catch {
    return null;
  }
}

/** Null when a sealed network can be made here, else why not. */
export function whyNoSealedNetwork(): string | null {
  if (process.platform !== 'linux') return `no network namespaces on ${process.platform}`;
  if (outputOf('unshare', '-rnm', 'ip', 'link', 'set', 'lo', 'up') === null) {
    return 'unshare -rnm with ip(8) is not possible here (user namespaces not allowed, or util-linux or iproute2 missing)';
  }
  return null;
}

/** A node of version 24 or later: PMS_DOCTOR_NODE24, this one, or `node24` in PATH. */
function findNode24(): string | null {
  const candidates = [process.env['PMS_DOCTOR_NODE24'], process.execPath, 'node24'];
  return (
    candidates.find((program) => {
      const version = program === undefined ? null : outputOf(program, '--version');
      return Number(/^v(\d+)/.exec(version ?? '')?.[1] ?? 0) >= 24;
    }) ?? null
  );
}

/** Each client on this machine: the program to run, or why it cannot be compared. */
export function clientsHere(): { readonly found: readonly Client[]; readonly missing: ReadonlyMap<Client, string> } {
  const missing = new Map<Client, string>();
  if (outputOf('curl', '--version') === null) missing.set('curl', 'curl is not installed');
  if (!/GNU Wget 1\./.test(outputOf('wget', '--version') ?? '')) missing.set('wget', 'GNU Wget 1 is not installed');
  if (outputOf('python3', '--version') === null) missing.set('python-urllib', 'python3 is not installed');
  if (requestsOf('python3') === null) missing.set('python-requests', 'the requests package is not installed');
  const system = requestsOf(SYSTEM_PYTHON);
  if (system === null || system === requestsOf('python3'))
    missing.set('system-requests', `${SYSTEM_PYTHON} has no other version of requests`);
  if (goVersion() === null) missing.set('go', 'go is not installed');
  if (findNode24() === null) missing.set('node-http', 'no node >= 24 (name one in PMS_DOCTOR_NODE24)');
  return { found: CLIENTS.filter((client) => !missing.has(client)), missing };
}

/** The dialect that the installed client speaks. */
export function dialectOf(client: Client): DialectId {
  switch (client) {
    case 'curl':
      return curlDialectFor(/^curl (\S+)/.exec(outputOf('curl', '--version') ?? '')?.[1] ?? '');
    case 'python-requests':
      return requestsDialectFor(requestsOf('python3') ?? '');
    case 'system-requests':
      return requestsDialectFor(requestsOf(SYSTEM_PYTHON) ?? '');
    case 'go':
      return goDialectFor(goVersion() ?? '');
    case 'wget':
    case 'python-urllib':
    case 'node-fetch':
    case 'node-http':
      return client;
  }
}

function goVersion(): string | null {
  return /go(\d\S*)/.exec(outputOf('go', 'version') ?? '')?.[1] ?? null;
}

const SYSTEM_PYTHON = '/usr/bin/python3';

/** The version of requests of one Python. Debian's names the missing SOCKS support as the original does. */
function requestsOf(python: string): string | null {
  return outputOf(python, '-c', 'import requests; print(requests.__version__)')?.trim() ?? null;
}

/** For the TLS to proxies; the targets' certificates are not looked at. */
function certificate() {
  const authority = createAuthority('recorder');
  const { keyPem, certificatePem } = authority.issue([
    'proxy',
    'proxy.lan',
    'localhost',
    '127.0.0.1',
    '127.0.0.2',
    '127.0.0.3',
    '::1',
  ]);
  return { keyPem, certificatePem, authorityPem: authority.certificatePem };
}
const CERTIFICATE = certificate();

// ── running ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function programs(): Readonly<Record<string, string>> {
  const undici = fileURLToPath(import.meta.resolve('undici'));
  accessSync(undici, constants.R_OK);
  return { python: 'python3', systemPython: SYSTEM_PYTHON, node: process.execPath, node24: findNode24() ?? '', undici };
}

/** Runs the clients over the cases in one sealed network of its own. */
function observe(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Observation[]> {
  const recorder = fileURLToPath(new URL('recorder.mjs', import.meta.url));
  const child = spawn('unshare', ['-rnm', '--kill-child', process.execPath, recorder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const requests = cases.map(({ variables, target }) => ({ url: urlOf(target), env: variables }));
  child.stdin.end(JSON.stringify({ cases: requests, clients, programs: programs(), tls: CERTIFICATE }));
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(output).toString()));
      else reject(new Error(`recorder ended with ${code}: ${Buffer.concat(errors).toString().slice(-2000)}`));
    });
  });
}

/** Two sealed networks side by side, each with every other case. */
async function observeAll(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Observation[]> {
  const lanes = [0, 1].map((lane) => cases.filter((_, index) => index % 2 === lane));
  const [even = [], odd = []] = await Promise.all(lanes.map((lane) => observe(lane, clients)));
  return cases.map((_, index) => (index % 2 === 0 ? even : odd)[Math.floor(index / 2)] ?? {});
}

// ── comparing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The addresses that the recorder's name server gives. */
function addressOf(host: string): string {
  // The unspecified address is this machine's.
  if (host === 'localhost' || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '::1';
  if (/^proxy/i.test(domainToASCII(host) || host)) return '127.0.0.3';
  const bytes = host.includes(':') ? addressBytes(host) : null;
  if (bytes !== null) return formatAddress(unmapped(bytes)) ?? host;
  const address = parseLooseIPv4(host);
  return address === null ? '198.51.100.7' : formatIPv4(address);
}

const RECORDED_PORTS = [21, 80, 443, 1080, 3128, 3129, 8080, 8443, 32_400];

function expectedOf({ error, proxy, variable }: Decision, { scheme, host: target }: Target, dialect: Dialect): string {
  if (error !== null) return 'nothing';
  if (proxy === null) return isNowhere(dialect.client, target) ? 'nothing' : 'direct';
  const parts = /^(?<protocol>[a-z0-9]+):\/\/(?:[^@]*@)?(?:\[(?<six>[^\]]+)\]|(?<host>[^@:/]+)):(?<port>\d+)$/.exec(
    proxy,
  )?.groups;
  const { protocol = '', six, host = '', port } = parts ?? {};
  // A colon or a per cent sign among the digits of an address makes other ports, where the recorder does not listen.
  if (!RECORDED_PORTS.includes(Number(port))) return 'nothing';
  // urllib starts a request for http over as one for https when its proxy is written with https://.
  const isHttps = scheme === 'https' || variable?.toLowerCase() === 'https_proxy';
  const form = formOf(protocol, isHttps || dialect.tunnels === 'everything', target, dialect);
  return `${form} ${addressOf(six ?? host)} ${port}`;
}

/** The recorder's name for the protocol of a proxy's scheme. */
function formOf(scheme: string, isTunnel: boolean, target: string, { client }: Dialect): string {
  const request = isTunnel ? 'connect' : 'absolute';
  const isSix = target.includes(':');
  switch (scheme) {
    case 'http':
      return request;
    case 'https':
      return `tls ${request}`;
    case 'ftp':
      return 'silent';
    // It has no room for an address of IPv6, so that the client gives up after it has connected.
    case 'socks4':
      return isSix ? 'silent' : 'socks4';
    // An address needs no resolving.
    case 'socks5h':
      return isAddressFor(client, target) ? 'socks5' : 'socks5h';
    default:
      return scheme;
  }
}

/** undici keeps the brackets of an IPv6 address, which makes a name of it, and Go knows the usual notation only. */
function isAddressFor(client: string, target: string): boolean {
  if (target.includes(':')) return client !== 'node-fetch';
  // Its URL parser takes `1.2.3.4.` for the address.
  if (client === 'node-fetch' && target.endsWith('.')) return isAddressFor(client, target.slice(0, -1));
  return client === 'go' ? parseIPv4(target) !== null : parseLooseIPv4(target) !== null;
}

/** Go's resolver takes `10.5` neither for an address nor for a name. */
function isNowhere(client: string, host: string): boolean {
  return client === 'go' && parseIPv4(host) === null && /^[\d.]+$/.test(host);
}

function observedOf(sightings: readonly Sighting[], { target }: Case): string {
  const first = sightings[0];
  if (!first) return 'nothing';
  // URL parsers take `1.2.3.4.` for the address, resolvers for a name.
  const addresses = [target.host, target.host.replace(/\.$/, '')].map(addressOf);
  const isTarget = addresses.includes(first.address) && first.port === target.port;
  const isDirect = /^(?:tls )?origin$/.test(first.form) || (isTarget && /^(?:tls|silent)$/.test(first.form));
  return isDirect ? 'direct' : `${first.form} ${first.address} ${first.port}`;
}

/** Every case in which a client went another way than its dialect says. */
export async function compare(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Difference[]> {
  const found = await differencesOf(cases, clients);
  // On a busy machine a connection may end before its request is read: a difference is one that is there again.
  return found.length === 0 ? found : differencesOf(distinctCases(found), clients);
}

function distinctCases(differences: readonly Difference[]): readonly Case[] {
  return [...new Set(differences.map((each) => each.case))];
}

async function differencesOf(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Difference[]> {
  const observations = await observeAll(cases, clients);
  const dialects = clients.map((client) => ({ client, dialect: dialectOf(client) }));
  return cases.flatMap((one, index) =>
    dialects.flatMap(({ client, dialect }) => {
      const seen = observations[index]?.[client];
      if (!seen) throw new Error(`no observation of ${client} for case ${index}`);
      const expected = expectedOf(DIALECTS[dialect].decide(one.variables, one.target), one.target, DIALECTS[dialect]);
      const observed = observedOf(seen.sightings, one);
      return expected === observed ? [] : [{ client, dialect, case: one, expected, observed, error: seen.error }];
    }),
  );
}
