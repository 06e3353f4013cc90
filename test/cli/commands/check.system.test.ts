import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { wayOf } from '../../../src/core/dialects/dialect.ts';
import { decideAll } from '../../../src/core/dialects/index.ts';
import { reportSchema, type Report } from '../../../src/core/model/report.ts';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { httpEndpoint, httpsEndpoint } from '../../support/servers/endpoint.ts';
import { connect403, connect407, connectThenSilent, garbageReply } from '../../support/servers/misbehaving-proxy.ts';
import { pacServer } from '../../support/servers/pac-server.ts';
import { workingProxy } from '../../support/servers/proxy.ts';
import { BUILT, run, type Ran } from '../../support/system/built.ts';
import { Workshop } from '../../support/system/workshop.ts';

const work = new Workshop();
const open: Listening[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  work.remove();
});

const authority = createAuthority('Public For This Test');
const CA = work.file('ca.pem', authority.certificatePem);
const HOSTS = ['plex.tv', 'metadata.provider.plex.tv'];

async function serve<S extends Listening>(starting: Promise<S>): Promise<S> {
  const server = await starting;
  open.push(server);
  return server;
}

/** A proxy through which the two hosts that the runs ask for can be reached. */
async function goodProxy(): Promise<Awaited<ReturnType<typeof workingProxy>>> {
  const endpoint = await serve(httpsEndpoint(authority, HOSTS));
  return serve(workingProxy({ map: Object.fromEntries(HOSTS.map((host) => [host, endpoint])) }));
}

/** The options of all runs; `timeout` is more than a busy machine needs for an answer. */
const common = (more: readonly string[], timeout = '30s'): string[] =>
  ['--env-from', 'shell', '--ca', CA, '--timeout', timeout, '--only', HOSTS.join(',')].concat(more);
const throughProxy = (port: number, ...more: readonly string[]): string[] =>
  common(['--proxy', `http://127.0.0.1:${port}`, ...more]);

function reportOf(ran: Ran): Report {
  return reportSchema.parse(JSON.parse(ran.stdout));
}
function outcomes(report: Report): readonly unknown[] {
  return report.endpoints.map(({ host, proxy }) => [host, proxy?.outcome, proxy?.code]);
}

describe.concurrent('check', () => {
  it('reports both routes of each endpoint, in every format', async () => {
    const proxy = await goodProxy();
    const [json, text, markdown] = await Promise.all(
      ['json', 'text', 'markdown'].map((format) => run(throughProxy(proxy.port, '--all', '--format', format))),
    );
    if (!json || !text || !markdown) throw new Error('not run');
    const report = reportOf(json);
    expect(outcomes(report)).toEqual(HOSTS.map((host) => [host, 'ok', null]));
    expect(report).toMatchObject({ run: { sanitized: true, interrupted: false }, proxy: { source: 'option' } });
    expect([text.code, markdown.code]).toEqual([json.code, json.code]);
    expect(report.summary.exitCode).toBe(json.code);
    for (const host of HOSTS) {
      expect(text.stdout).toContain(host);
      expect(markdown.stdout).toContain(host);
    }
    // Three runs ask once as this program, and once more under the name of PMS where the first answer came soon.
    for (const name of HOSTS) {
      const asked = proxy.log.filter(({ host }) => host === name).length;
      expect(asked).toBeGreaterThanOrEqual(3);
      expect(asked).toBeLessThanOrEqual(6);
    }
  });

  it.each<[string, () => Promise<Listening>, string, string, number]>([
    ['denies', () => connect403(), 'denied', 'ERR_ACCESS_DENIED', 1],
    ['wants authentication', () => connect407(), 'proxy-auth', 'HTTP_407', 1],
    // It may only be slower than the given limit.
    ['is silent', connectThenSilent, 'proxy-silent', 'ASKED_ONCE', 3],
  ])('a proxy that %s', async (_, start, outcome, code, exitCode) => {
    const proxy = await serve(start());
    // A silent proxy costs each of its limits in full.
    const args = common(
      ['--proxy', `http://127.0.0.1:${proxy.port}`, '--format', 'json'],
      outcome === 'proxy-silent' ? '2s' : '30s',
    );
    const ran = await run(args);
    expect(outcomes(reportOf(ran))).toEqual(HOSTS.map((host) => [host, outcome, code]));
    expect(ran.code).toBe(exitCode);
    expect(ran.stderr).not.toMatch(/bug|    at /);
  });

  it.each(['text', 'json', 'markdown'])(
    'a proxy that sends control characters does nothing to a terminal: %s',
    async (format) => {
      const hostile = 'HTTP/1.1 503 X\r\nX-Squid-Error: E\u001B[2J\u0007\u009B 0\r\nServer: a\u001B]0;b\u0007\r\n\r\n';
      const proxy = await serve(garbageReply(hostile));
      const ran = await run(throughProxy(proxy.port, '--verbose', '--raw', '--force', '--format', format));
      expect(ran.code).toBe(1);
      expect(ran.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}|u001b|u0007/iu);
    },
  );

  it('an expectation that is met is exit 0, one that is not is exit 1 and named', async () => {
    const proxy = await goodProxy();
    const met = work.file('met.yaml', 'default: { proxy: ok }\n');
    const unmet = work.file('unmet.yaml', 'default: { proxy: denied }\n');
    const [first, second] = await Promise.all(
      [met, unmet].map((file) => run(throughProxy(proxy.port, '--format', 'json', '--expect', file))),
    );
    if (!first || !second) throw new Error('not run');
    expect(reportOf(first).expectations?.violations).toEqual([]);
    expect(reportOf(second).expectations?.violations.map((v) => [v.host, v.aspect])).toEqual(
      HOSTS.map((h) => [h, 'proxy']),
    );
    expect(second.code).toBe(1);
  });

  it('takes the proxy from the environment of this shell, and from a file', async () => {
    const proxy = await goodProxy();
    const url = `http://127.0.0.1:${proxy.port}`;
    const file = work.file('pms.env', `https_proxy=${url}\nno_proxy=localhost\n`);
    const [fromShell, fromFile] = await Promise.all([
      run(common(['--format', 'json']), { env: { https_proxy: url, no_proxy: 'localhost' } }),
      run([...common(['--format', 'json']).slice(2), '--env-from', `file:${file}`]),
    ]);
    for (const ran of [fromShell, fromFile]) {
      expect(outcomes(reportOf(ran))).toEqual(HOSTS.map((host) => [host, 'ok', null]));
    }
    expect([fromShell, fromFile].map((ran) => reportOf(ran).proxy.source)).toEqual([
      'shell',
      expect.stringMatching(/^file:/),
    ]);
  });

  it.each([
    // What Node prints itself, because NODE_DEBUG is set, cannot be held back; it must not hold the password.
    [{ NODE_DEBUG: 'net,tls,http,https' }, Infinity],
    [{ DEBUG: '*', NODE_USE_ENV_PROXY: '1' }, 5],
  ])('%j changes nothing', async (more, lines) => {
    const proxy = await goodProxy();
    const url = `http://alice:Hunter2Canary@127.0.0.1:${proxy.port}`;
    const ran = await run(common(['--format', 'json']), { env: { ...more, HTTPS_PROXY: url, https_proxy: url } });
    expect(outcomes(reportOf(ran))).toEqual(HOSTS.map((host) => [host, 'ok', null]));
    expect(ran.stderr.split('\n').length).toBeLessThan(lines);
    expect(ran.stdout + ran.stderr).not.toContain('Hunter2Canary');
  });

  it("the public roots stay Mozilla's, whatever NODE_EXTRA_CA_CERTS says", async () => {
    const proxy = await goodProxy();
    const args = throughProxy(proxy.port, '--format', 'json').filter((word) => word !== '--ca' && word !== CA);
    const env = { NODE_EXTRA_CA_CERTS: CA, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const ran = await run(args, { env });
    expect(reportOf(ran).endpoints.map((e) => e.conclusion)).toEqual(['intercepted', 'intercepted']);
    expect(ran.stderr.split('\n').length).toBeLessThan(5);
  });
});

describe.concurrent('saved evidence', () => {
  const judgement = ({ findings, scan, bypasses, summary }: Report) => ({ findings, scan, bypasses, summary });

  it.each<[string, () => Promise<Listening>, readonly string[]]>([
    ['sanitized, all well', goodProxy, []],
    ['sanitized, denied', () => connect403(), []],
    ['sanitized, with exclusions', goodProxy, ['--no-proxy', 'localhost,metadata.provider.plex.tv,.corp.internal']],
    ['raw', () => connect403(), ['--raw']],
  ])('%s: judged again, it gives the same', async (name, start, more) => {
    const proxy = await serve(start());
    const evidence = join(work.path, `${name.replaceAll(' ', '-')}.json`);
    const live = await run(throughProxy(proxy.port, '--format', 'json', '--save-evidence', evidence, ...more));
    const again = await run([
      '--from-evidence',
      evidence,
      '--format',
      'json',
      ...more.filter((word) => word === '--raw'),
    ]);
    expect(judgement(reportOf(again))).toEqual(judgement(reportOf(live)));
    expect(reportOf(again).endpoints).toEqual(reportOf(live).endpoints);
    expect(again.code).toBe(live.code);
  });

  it.each([
    ['a "/" in a password', { https_proxy: 'http://alice:pa/ss@proxy.lan:3128' }],
    ['a tab between exclusions', { https_proxy: 'http://proxy.lan:3128', no_proxy: 'foo.test\tplex.tv' }],
    ['an exclusion that is a piece of an address', { https_proxy: 'http://proxy.lan:3128', no_proxy: '2.33' }],
  ])('%s: every client goes where it really goes, live and judged again', async (name, env) => {
    const hosts = ['plex.tv', '192.0.2.33'];
    const evidence = join(work.path, `${name.replaceAll(/\W/g, '-')}.json`);
    const endpoints = work.file(`${name.replaceAll(/\W/g, '-')}.yaml`, '- host: 192.0.2.33\n');
    const args = ['--env-from', 'shell', '--timeout', '50ms', '--format', 'json', '--endpoints', endpoints];
    const live = await run([...args, '--only', hosts.join(','), '--save-evidence', evidence], { env });
    const again = await run(['--from-evidence', evidence, '--format', 'json']);
    const routes = hosts.map((host) =>
      Object.entries(decideAll(env, { scheme: 'https', host, port: 443 })).map(([id, decision]) => [
        id,
        wayOf(decision),
      ]),
    );
    for (const ran of [live, again])
      expect(reportOf(ran).endpoints.map(({ configured }) => Object.entries(configured))).toEqual(routes);
  });

  it('stands without the network, and with a policy', async () => {
    const proxy = await goodProxy();
    const evidence = join(work.path, 'evidence2.json');
    await run(throughProxy(proxy.port, '--save-evidence', evidence));
    await proxy.close();
    const policy = work.file('policy.yaml', 'default: { proxy: denied }\n');
    const ran = await run(['--from-evidence', evidence, '--expect', policy, '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(reportOf(ran).expectations?.violations).toHaveLength(2);
  });
});

describe.concurrent('interruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s: what was gathered is reported, exit 130', async (signal) => {
    const proxy = await serve(connectThenSilent());
    const args = common(['--proxy', `http://127.0.0.1:${proxy.port}`, '--format', 'json'], '20s');
    const ran = await run(args, { signals: [[signal, 300]] });
    expect(ran).toMatchObject({ code: 130, signal: null });
    const report = reportOf(ran);
    expect(report).toMatchObject({ run: { interrupted: true }, summary: { exitCode: 130 } });
    expect(outcomes(report)).toEqual(HOSTS.map((host) => [host, 'not-run', 'INTERRUPTED']));
  });

  it('a second one ends it', async () => {
    const proxy = await serve(connectThenSilent());
    const args = ['--env-from', 'shell', '--proxy', `http://127.0.0.1:${proxy.port}`, '--timeout', '20s'];
    const ran = await run(args, {
      signals: [
        ['SIGINT', 300],
        ['SIGINT', 302],
      ],
    });
    expect(ran.code).toBe(130);
  });

  it('the budget bounds the run', async () => {
    const silent = await serve(connectThenSilent());
    const ran = await run([
      '--env-from',
      'shell',
      '--proxy',
      `http://127.0.0.1:${silent.port}`,
      '--timeout',
      '20s',
      '--budget',
      '1s',
      '--format',
      'json',
    ]);
    const { endpoints } = reportOf(ran);
    expect(endpoints.length).toBeGreaterThan(20);
    const codes = endpoints.map(({ proxy }) => proxy?.code);
    expect(codes).toContain('BUDGET_SPENT');
    expect(codes.filter((code) => code?.endsWith('TIMEOUT'))).toEqual([]);
  });
});

describe.concurrent('the built file alone, in an empty directory', () => {
  const directory = join(work.path, 'alone');
  mkdirSync(directory);
  const file = join(directory, 'tool.js');
  copyFileSync(BUILT, file);

  it.each(['http', 'pac+http', 'pac+file', 'pac+data'])('probes through a proxy given as %s', async (scheme) => {
    const proxy = await goodProxy();
    const answer = `PROXY 127.0.0.1:${proxy.port}`;
    const script = `function FindProxyForURL(url, host) { alert(url); return ${JSON.stringify(answer)}; }`;
    const url = {
      http: `http://127.0.0.1:${proxy.port}`,
      'pac+http': `pac+${(await serve(pacServer(script))).url}`,
      'pac+file': `pac+file://${work.file('proxy.pac', script)}`,
      'pac+data': `pac+data:text/plain,${encodeURIComponent(script)}`,
    }[scheme];
    const ran = await run(common(['--proxy', url ?? '', '--format', 'json'], '5s'), { cwd: directory, file });
    expect(outcomes(reportOf(ran))).toEqual(HOSTS.map((host) => [host, 'ok', null]));
    expect(readdirSync(directory)).toEqual(['tool.js']);
  });

  it('is one file that names its version', () => {
    expect(readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node')).toBe(true);
  });
});

describe('without anything', () => {
  it('a name that does not resolve beside one that works: a report, no stack trace', async () => {
    const mirror = await serve(httpEndpoint());
    const endpoints = work.file(
      'mine.yaml',
      `add:\n  - { host: no-such-name.invalid, id: gone }\n  - { host: 127.0.0.1, id: here, port: ${mirror.port}, scheme: http }\n`,
    );
    const ran = await run([
      '--env-from',
      'shell',
      '--endpoints',
      endpoints,
      '--only',
      'gone',
      '--only',
      'here',
      '--timeout',
      '700ms',
      '--format',
      'json',
    ]);
    expect(reportOf(ran).endpoints.map((e) => [e.id, e.direct.outcome])).toEqual([
      ['gone', 'unresolved'],
      ['here', 'ok'],
    ]);
    expect(ran.stderr).not.toMatch(/bug|    at /);
  });
});
