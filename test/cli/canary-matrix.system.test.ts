import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../src/cli/options/options.ts';
import type { Canary } from '../support/canaries.ts';
import { formsOf } from '../support/encodings.ts';
import { LogFolder } from '../support/logs/log-files.ts';
import { zip } from '../support/logs/zip-builder.ts';
import { PLANTED } from '../support/planted/index.ts';
import { spellingsOf, Values } from '../support/planted/values.ts';
import { runHere } from '../support/system/in-process.ts';

/** Private values in every input, looked for in everything that every command writes. All names begin with zq. */
const values = new Values(9000);
const folder = new LogFolder();
afterAll(() => folder.remove());

const ADDRESSES = Array.from({ length: 12 }, (_, i): Canary => ({
  kind: i % 2 === 0 ? 'ip' : 'ip6',
  value: i % 2 === 0 ? values.lan() : values.ipv6(),
  line: '',
}));
const [client = '', , other = ''] = ADDRESSES.map(({ value }) => value);
const user = values.word();

const PMS_HEAD = 'Nov 22, 2026 14:03:0';
const pmsLine = (text: string, i: number, level = 'DEBUG'): string =>
  `${PMS_HEAD}${i % 10}.120 [0x7f82b01aa8] ${level} - ${text}`;
const PMS_LOG = [
  pmsLine(
    `Plex Media Server v1.41.3.9314-a0bfb8370 - ${values.word()} PC x86_64 - build: linux-x86_64 debian - GMT 05:45`,
    0,
    'INFO',
  ),
  ...ADDRESSES.flatMap(({ value }, i) => [
    pmsLine(
      `HTTP error requesting GET https://${values.host()}/${values.word()} (7, Couldn't connect to server) (Failed to connect to ${value} port 443: ${values.word()})`,
      i,
      'ERROR',
    ),
    pmsLine(
      `HTTP error requesting GET https://metadata.provider.plex.tv/x?X-Plex-Token=${values.token()} (6, Could not resolve proxy: ${values.word()}) (Could not resolve proxy: ${values.host()})`,
      i,
      'WARN',
    ),
    pmsLine(`MyPlex: Error 503 requesting JSON from: https://${values.publicHost()}/${values.word()}`, i, 'ERROR'),
    pmsLine(
      `Request: [${value}:52344 (Subnet)] GET /library/sections/1/refresh (2 live) Signed-in Token (${values.word()}) (${values.device()})`,
      i,
    ),
    pmsLine(`Scanner: processing /mnt/${values.word()}/${values.title()}/01 ${values.name()}.flac`, i),
  ]),
  ...PLANTED.map(({ line }, i) => pmsLine(line.replaceAll('\n', ' '), i, i % 3 === 0 ? 'ERROR' : 'DEBUG')),
  pmsLine('Scanner: An internet connection is required to scan library files', 9, 'ERROR'),
].join('\n');

const squid = (from: string, name: string, code: string, i: number, by = '-'): string =>
  `${1764770591 + i}.123     90 ${from} ${code} 39 CONNECT ${name}:443 ${by} HIER_DIRECT/${i % 2 === 0 ? '93.184.216.34' : name} text/html`;
const SQUID = [
  ...ADDRESSES.map(({ value }, i) => squid(value, values.host(), 'TCP_DENIED/403', i, values.word())),
  ...Array.from({ length: 40 }, (_, i) =>
    squid(
      client,
      i % 3 === 0 ? values.host() : values.publicHost(),
      i % 2 === 0 ? 'TCP_DENIED/403' : 'TCP_TUNNEL/200',
      i,
      values.word(),
    ),
  ),
  squid(client, 'plex.tv', 'TCP_TUNNEL/200', 50, user),
  squid(client, 'metadata.provider.plex.tv', 'TCP_DENIED/403', 51, user),
].join('\n');
const COMMON = Array.from(
  { length: 20 },
  (_, i) =>
    `${client} - ${values.word()} [22/Nov/2026:14:03:0${i % 10} +0545] "CONNECT ${i % 4 === 0 ? 'plex.tv' : values.host()}:443 HTTP/1.1" ${i % 2 === 0 ? 200 : 403} 39 "https://${values.host()}/" "${values.name()}/1.0"`,
).join('\n');
const SMOKESCREEN = Array.from({ length: 10 }, (_, i) =>
  JSON.stringify({
    level: 'info',
    msg: 'CANONICAL-PROXY-DECISION',
    time: `2026-11-22T14:03:0${i}Z`,
    requested_host: `${i === 0 ? 'plex.tv' : values.host()}:443`,
    allow: i % 2 === 0,
    role: values.word(),
    project: values.word(),
    inbound_remote_addr: `${client}:5000`,
    decision_reason: values.word(),
  }),
).join('\n');

const raw = (name: string, text: string): string => folder.add(name, `${text}\n`);
const LOGS = [
  raw(`${values.word()}/Plex Media Server.log`, PMS_LOG),
  raw(`${values.word()}/${values.word()}-access.log`, SQUID),
  raw(`${values.word()}.smoke.json`, SMOKESCREEN),
  folder.add(
    `${values.word()} logs.zip`,
    zip([
      { name: `${values.word()}/Plex Media Server.1.log`, data: `${PMS_LOG}\n` },
      { name: `${values.word()}/${values.title()}.log`, data: `${COMMON}\n` },
    ]),
  ),
];
const ENDPOINTS = raw(
  `${values.word()}.yaml`,
  `add:\n${Array.from({ length: 12 }, (_, i) => `  - { host: ${i % 2 === 0 ? values.host() : values.publicHost()}, id: own-${i}, purpose: "for ${values.fullName()}", breaks: "Mirror of ${values.company()} at ${other}, token=${values.token()}", source: "wiki.${values.host()}/${values.word()} by ${values.word()}" }`).join('\n')}`,
);
const POLICY = raw(
  `${values.word()}.policy.yaml`,
  `default: { direct: blocked, proxy: ok }\nendpoints:\n  own-0: { proxy: denied }`,
);

const CANARIES: readonly Canary[] = [...ADDRESSES, { kind: 'word', value: 'zq', line: '' }];
const places = (text: string): readonly string[] =>
  formsOf(text).flatMap((form) =>
    CANARIES.flatMap(spellingsOf).flatMap((spelling) => {
      const at = form.indexOf(spelling);
      return at < 0 ? [] : [`${spelling}: …${form.slice(Math.max(0, at - 80), at + 60)}…`];
    }),
  );

let count = 0;
async function expectNothing(args: readonly string[], codes: readonly number[] = [0, 1, 3]): Promise<void> {
  const evidence = join(folder.path, `e${(count += 1)}.json`);
  const saved = ['read', 'check'].includes(args[0] ?? '') ? ['--save-evidence', evidence] : [];
  const ran = await runHere([...args, ...saved]);
  expect(codes).toContain(ran.code);
  expect(ran.stdout).not.toBe('');
  const written = [ran.stdout, ran.stderr, ...(saved.length === 0 ? [] : [readFileSync(evidence, 'utf8')])];
  expect(written.flatMap(places)).toEqual([]);
}

describe('nothing private in what is written by', () => {
  const ofClient = ['--client', client];
  it.each(FORMAT_NAMES)('read --format %s', async (format) => {
    await expectNothing([
      'read',
      ...LOGS,
      ...ofClient,
      '--endpoints',
      ENDPOINTS,
      '--format',
      format,
      '--verbose',
      '--all',
      '--expect',
      POLICY,
    ]);
  });

  const [before, after] = ['before', 'after'].map((name) => join(folder.path, `${name}.json`));
  const judged = ['--endpoints', ENDPOINTS, '--raw', '--save-evidence'];
  it('the evidence of --raw holds hundreds of the values, so that the inputs were understood', async () => {
    await runHere(['read', ...LOGS, ...ofClient, ...judged, before ?? '']);
    await runHere(['read', ...LOGS.slice(0, 2), ...judged, after ?? '']);
    const kept = readFileSync(before ?? '', 'utf8').match(/zq[a-z]{8}/gi) ?? [];
    expect(new Set(kept.map((word) => word.toLowerCase())).size).toBeGreaterThan(100);
  });

  it.each(FORMAT_NAMES)('judging and comparing it --format %s', async (format) => {
    const options = ['--format', format, '--verbose', '--all'];
    await expectNothing(['check', '--from-evidence', before ?? '', ...options, '--expect', POLICY]);
    await expectNothing(['compare', before ?? '', after ?? '', ...options]);
  });

  it('sanitizing it', async () => {
    await expectNothing(['sanitize', before ?? '']);
  });

  it.each(['text', 'json', 'markdown', 'csv'])('endpoints --format %s', async (format) => {
    await expectNothing(['endpoints', '--endpoints', ENDPOINTS, '--format', format]);
  });

  it.each(LOGS.slice(0, 3).map((path, i) => [i, path] as const))('sanitize, file %d', async (_, path) => {
    await expectNothing(['sanitize', path]);
  });
});
