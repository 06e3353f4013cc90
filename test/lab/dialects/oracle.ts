import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatIpv4, parseLooseIpv4 } from '../../../src/core/dialects/address.ts';
import { urlOf } from '../../../src/core/dialects/decision.ts';
import type { Decision, DialectId } from '../../../src/core/dialects/dialect.ts';
import { DIALECTS, curlDialectFor } from '../../../src/core/dialects/index.ts';
import type { Case } from './cases.ts';

export const CLIENTS = ['curl', 'wget', 'python-urllib', 'python-requests', 'node-fetch', 'node-http'] as const;
export type Client = (typeof CLIENTS)[number];

interface Sighting {
  readonly address: string;
  readonly port: number;
  readonly form: 'proxy' | 'origin' | 'tls' | 'silent';
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

/** What each client is on this machine: the program to run, or why it cannot be compared. */
export function clientsHere(): { readonly found: readonly Client[]; readonly missing: ReadonlyMap<Client, string> } {
  const missing = new Map<Client, string>();
  if (outputOf('curl', '--version') === null) missing.set('curl', 'curl is not installed');
  if (!/GNU Wget 1\./.test(outputOf('wget', '--version') ?? '')) missing.set('wget', 'GNU Wget 1 is not installed');
  if (outputOf('python3', '--version') === null) missing.set('python-urllib', 'python3 is not installed');
  const requests = outputOf('python3', '-c', 'import requests; print(requests.adapters.SOCKSProxyManager.__name__)');
  if (requests === null) missing.set('python-requests', 'the requests package is not installed');
  else if (requests.trim() !== 'SOCKSProxyManager') missing.set('python-requests', 'requests is odd here');
  if (findNode24() === null) missing.set('node-http', 'no node >= 24 (name one in PMS_DOCTOR_NODE24)');
  return { found: CLIENTS.filter((client) => !missing.has(client)), missing };
}

/** The dialect that the installed client speaks. */
export function dialectOf(client: Client): DialectId {
  if (client !== 'curl') return client;
  return curlDialectFor(/^curl (\S+)/.exec(outputOf('curl', '--version') ?? '')?.[1] ?? '');
}

// ── running ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function programs(): Readonly<Record<string, string>> {
  const undici = fileURLToPath(import.meta.resolve('undici'));
  accessSync(undici, constants.R_OK);
  return { python: 'python3', node: process.execPath, node24: findNode24() ?? '', undici };
}

/** Runs the clients over the cases in one sealed network of its own. */
function observe(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Observation[]> {
  const recorder = fileURLToPath(new URL('recorder.mjs', import.meta.url));
  const child = spawn('unshare', ['-rnm', '--kill-child', process.execPath, recorder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const requests = cases.map(({ variables, target }) => ({ url: urlOf(target), env: variables }));
  child.stdin.end(JSON.stringify({ cases: requests, clients, programs: programs() }));
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
  if (/^proxy/i.test(host)) return '127.0.0.3';
  if (host.includes(':'))
    return host.startsWith('::ffff:')
      ? host.slice('::ffff:'.length)
      : new URL(`http://[${host}]`).hostname.slice(1, -1);
  const address = parseLooseIpv4(host);
  return address === null ? '198.51.100.7' : formatIpv4(address);
}

const RECORDED_PORTS = [21, 80, 443, 1080, 3128, 3129, 8080, 8443, 32_400];

function expectedOf(decision: Decision): string {
  if (decision.error !== null) return 'nothing';
  if (decision.proxy === null) return 'direct';
  const { host, port } = /@?(?:\[(?<six>[^\]]+)\]|(?<host>[^@:/]+)):(?<port>\d+)$/.exec(decision.proxy)?.groups ?? {};
  const six = /\[([^\]]+)\]:\d+$/.exec(decision.proxy)?.[1];
  // A colon or a per cent sign among the digits of an address makes other ports, where the recorder does not listen.
  if (!RECORDED_PORTS.includes(Number(port))) return 'nothing';
  return `proxy ${addressOf(six ?? host ?? '')} ${port}`;
}

function observedOf(sightings: readonly Sighting[], { target }: Case): string {
  const first = sightings[0];
  if (!first) return 'nothing';
  // URL parsers take `1.2.3.4.` for the address, resolvers for a name.
  const addresses = [target.host, target.host.replace(/\.$/, '')].map(addressOf);
  const isTarget = addresses.includes(first.address) && first.port === target.port;
  const isDirect = first.form === 'origin' || (first.form !== 'proxy' && isTarget);
  return isDirect ? 'direct' : `proxy ${first.address} ${first.port}`;
}

/** Every case in which a client went another way than its dialect says. */
export async function compare(cases: readonly Case[], clients: readonly Client[]): Promise<readonly Difference[]> {
  const observations = await observeAll(cases, clients);
  const dialects = clients.map((client) => ({ client, dialect: dialectOf(client) }));
  return cases.flatMap((one, index) =>
    dialects.flatMap(({ client, dialect }) => {
      const seen = observations[index]?.[client];
      if (!seen) throw new Error(`no observation of ${client} for case ${index}`);
      const expected = expectedOf(DIALECTS[dialect].decide(one.variables, one.target));
      const observed = observedOf(seen.sightings, one);
      return expected === observed ? [] : [{ client, dialect, case: one, expected, observed, error: seen.error }];
    }),
  );
}
