import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import { linkOrCopy } from '../../../src/demo/pms/files.ts';
import { startPmsStandIn, type PmsStandIn } from '../../../src/demo/pms/start.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { httpsEndpoint } from '../../support/servers/endpoint.ts';
import { connectThenSilent } from '../../support/servers/misbehaving-proxy.ts';
import { PmsWorkshop } from '../../support/servers/pms-stand-in.ts';
import { interceptor, workingProxy } from '../../support/servers/proxy.ts';

const workshop = new PmsWorkshop();
let silent: Listening;
beforeAll(async () => {
  await workshop.bundle();
  silent = await connectThenSilent();
});
afterAll(async () => {
  await workshop.remove();
  await silent.close();
});

const QUIET = { signIn: 'ok', provider: 'online' } as const;
const WAITING = { ...QUIET, connectTimeoutSeconds: 60 } as const;
const behind = ({ port }: { readonly port: number }, login = ''): Record<string, string> => ({
  https_proxy: `http://${login}127.0.0.1:${port}`,
  no_proxy: '127.0.0.1',
});

/** An end that comes, however busy the machine is. */
const soon = (isSo: () => boolean): Promise<boolean> => vi.waitUntil(isSo, { timeout: 60_000 });

/** Processes whose program is one of a stand-in's. */
function programsIn(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const exe = readlinkSync(`/proc/${pid}/exe`);
        return exe.startsWith(`${directory}/`) ? [`${pid} ${exe.slice(directory.length)}`] : [];
      } catch {
        return [];
      }
    });
}

const scan = ({ port, token }: { readonly port: number; readonly token: string }): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/library/sections/1/refresh`, { headers: { 'X-Plex-Token': token } });

/** One whose scanner waits for a proxy that says nothing, for longer than any test. */
async function startAndScan(): Promise<PmsStandIn> {
  const pms = await workshop.start(WAITING, behind(silent));
  scan(pms).catch(() => undefined);
  await soon(() => programsIn(pms.directory).length === 2);
  return pms;
}

describe.concurrent('leaves neither processes nor files behind', () => {
  it.each(['stop', 'kill'] as const)('%s, while its scanner waits', async (how) => {
    const pms = await startAndScan();
    const { directory } = pms;
    await pms[how]();
    expect(existsSync(directory)).toBe(false);
    await soon(() => programsIn(directory).length === 0);
  });

  it('a signal from somebody else', async () => {
    const pms = await startAndScan();
    const { directory } = pms;
    process.kill(pms.pid, 'SIGKILL');
    await pms.ended;
    await soon(() => programsIn(directory).length === 0);
    await pms.stop();
    expect(existsSync(directory)).toBe(false);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('%s to whoever started it', async (signal) => {
    const directory = join(workshop.path, signal);
    const order = { role: 'pms-starter', directory, port: 0, config: WAITING };
    const starter = spawn(process.execPath, [workshop.script, JSON.stringify(order)], {
      env: behind(silent),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: starter.stdout }).once('line', resolve),
    );
    const dataDirectory = join(directory, 'var/lib/plexmediaserver/Library/Application Support/Plex Media Server');
    const ready: { port: number; dataDirectory: string } = JSON.parse(line);
    expect(ready.dataDirectory).toBe(dataDirectory);
    scan({ ...ready, token: readFileSync(join(dataDirectory, '.LocalAdminToken'), 'utf8') }).catch(() => undefined);
    await soon(() => programsIn(directory).length === 2);
    starter.kill(signal);
    await soon(() => programsIn(directory).length === 0);
    await soon(() => !existsSync(directory));
    expect(readdirSync(workshop.path)).not.toContain(signal);
  });

  it('a port that is taken', async () => {
    const directory = join(workshop.path, 'taken');
    const options = { directory, environment: {}, config: QUIET, run: [workshop.script], port: silent.port };
    await expect(startPmsStandIn(options)).rejects.toThrow(/did not start: listen EADDRINUSE/);
    expect(existsSync(directory)).toBe(false);
  });

  it('a script that does not run', async () => {
    const directory = join(workshop.path, 'no-script');
    const options = { directory, environment: {}, config: QUIET, run: [join(workshop.path, 'missing.mjs')] };
    await expect(startPmsStandIn(options)).rejects.toThrow(/Cannot find module/);
    expect(existsSync(directory)).toBe(false);
  });
});

it('does not take a directory that holds something', async () => {
  const directory = join(workshop.path, 'full');
  mkdirSync(directory);
  writeFileSync(join(directory, 'file'), '');
  const options = { directory, environment: {}, config: QUIET, run: [workshop.script] };
  await expect(startPmsStandIn(options)).rejects.toThrow(/is not empty/);
  expect(readdirSync(directory)).toEqual(['file']);
});

const OTHER_FILE_SYSTEM = '/dev/shm';
const isOther = existsSync(OTHER_FILE_SYSTEM) && statSync(OTHER_FILE_SYSTEM).dev !== statSync(workshop.path).dev;
it.skipIf(!isOther)(
  `gives programs their names across file systems (needs ${OTHER_FILE_SYSTEM} to be one)`,
  async () => {
    const [source, target] = [join(workshop.path, 'program'), join(OTHER_FILE_SYSTEM, `pms-stand-in-${process.pid}`)];
    writeFileSync(source, 'a program', { mode: 0o755 });
    await linkOrCopy(source, target);
    const copied = [readFileSync(target, 'utf8'), statSync(target).mode & 0o777];
    rmSync(target);
    expect(copied).toEqual(['a program', 0o755]);
  },
);

it('refuses a configuration that does not exist', async () => {
  const pms = await workshop.start(QUIET);
  expect(() => pms.configure(JSON.parse('{ "matcher": "guesses" }'))).toThrow(/matcher/);
});

describe.concurrent('where there is no curl, its client is Node', () => {
  const METADATA = 'metadata.provider.plex.tv';
  const authority = createAuthority('test root');
  const cacert = join(workshop.path, 'ca.pem');

  it.each([
    ['goes through the proxy', 'works', 200],
    ['logs in to the proxy', 'logs-in', 200],
    ['is denied by the proxy', 'denies', 503],
    ['meets an inspection of TLS', 'inspects', 503],
    ['waits for a proxy that is silent', 'silent', 503],
    ['ignores the proxy', 'ignored', 503],
  ] as const)('%s', async (_name, how, status) => {
    writeFileSync(cacert, authority.certificatePem);
    const endpoint = await httpsEndpoint(authority, [METADATA]);
    const login = how === 'logs-in' ? { credentials: { user: 'name', password: 'pass word' } } : {};
    const proxy =
      how === 'inspects'
        ? await interceptor(createAuthority('inspection'))
        : await workingProxy({ map: { [METADATA]: endpoint }, allows: () => how !== 'denies', ...login });
    const pms = await startPmsStandIn({
      directory: join(workshop.path, `node-${how}`),
      environment: behind(how === 'silent' ? silent : proxy, how === 'logs-in' ? 'name:pass%20word@' : ''),
      config: {
        ...QUIET,
        cacert,
        connectTimeoutSeconds: how === 'silent' ? 1 : 20,
        matcher: how === 'ignored' ? 'ignores-proxy' : 'obeys',
        resolve: [`${METADATA}:443:127.0.0.66`],
      },
      port: 0,
      run: [workshop.script],
      place: (_source, target) => linkOrCopy(process.execPath, target),
    });
    expect((await scan(pms)).status).toBe(status);
    await pms.stop();
    await Promise.all([endpoint.close(), proxy.close()]);
  });
});
