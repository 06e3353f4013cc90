import { copyFileSync, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findSealing } from '../../src/demo/sealing.ts';
import { buildEntry, runCommand, type Ran } from './sealed/built.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.geteuid?.() === 0;
const sealing = isLinux ? await findSealing(isRoot) : null;
if (sealing?.ok !== true) {
  console.warn(`skipped: no sealed network here: ${sealing === null ? 'not Linux' : sealing.because.join(' ')}`);
}

/** Where /etc/resolv.conf leads into /run, the demo's own stands in its place. */
const resolverFolder = isLinux ? (/^\/run\/([^/]+)/.exec(realpathSync('/etc/resolv.conf'))?.slice(1) ?? []) : [];

let entry = '';
let remove: () => void;
beforeAll(async () => {
  const built = await buildEntry();
  entry = built.file;
  remove = built.remove.bind(built);
});
afterAll(() => remove());

/** Processes of a demo that are still there, by the path of its file. */
function leftovers(file: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(file);
    } catch {
      // It ended while we looked.
      return false;
    }
  });
}

type Seen = Record<string, unknown> & { readonly run?: readonly string[] };

describe.skipIf(sealing?.ok !== true)('the sealed network', () => {
  let ran: Ran;
  let seen: Seen;
  let atLast: Seen;
  beforeAll(async () => {
    const env = { https_proxy: 'http://user:secret@elsewhere:1', NODE_OPTIONS: '--no-deprecation' };
    ran = await runCommand([process.execPath, entry, 'demo', 'EXIT=1'], { env });
    const acts = ran.stdout.trim().split('\n');
    seen = JSON.parse(acts[0] || '{}');
    atLast = JSON.parse(acts[2] ?? '{}');
  });

  it.each<[string, string, unknown]>([
    [
      'gives check its root, a timeout and our arguments',
      'argv',
      '--ca /run/pms-proxy-doctor-demo/ca.pem --timeout 3s --save-evidence /run/pms-proxy-doctor-demo/evidence.json EXIT=1'.split(
        ' ',
      ),
    ],
    ['resolves plex.direct names to the address they carry', 'plexDirect', ['10.20.30.40']],
    ['knows no other name', 'unknownName', 'ENOTFOUND'],
    ['never answers a direct connection, not even by ICMP', 'direct', 'no reply'],
    ['keeps the host that its scanner asks closed', 'scannersHost', 'no reply'],
    ['has a PMS that answers', 'pms', 200],
    ['lets the proxy reach an endpoint', 'allowed', 200],
    ['lets the proxy deny telemetry', 'telemetry', 403],
    ['lets the proxy deny what is not listed', 'notListed', 403],
    ['forwards plain HTTP', 'plain', 200],
    ['has a root of its own', 'ca', '-----BEGIN CERTIFICATE-----'],
    ['hides the proxy variables of the shell', 'environment', []],
    ['hides the control groups of the machine', 'cgroups', ['/']],
  ])('%s', (_, key, expected) => {
    expect(seen[key]).toEqual(expected);
  });

  it('resolves names locally', () => {
    expect(seen['addressOfPlex']).toMatch(/^192\.88\.99\.\d+$/);
  });

  it('hides the services of the machine that talk over sockets in /run', () => {
    // `mount` is where mount(8) keeps its notes.
    expect(['mount', 'pms-proxy-doctor-demo', ...resolverFolder]).toEqual(
      expect.arrayContaining([...(seen.run ?? ['nothing was seen'])]),
    );
  });

  it('runs a process that looks like PMS, with the proxy variables', () => {
    expect(seen['processes']).toContainEqual({
      exe: expect.stringMatching(/\/usr\/lib\/plexmediaserver\/Plex Media Server$/),
      proxy: [
        'http_proxy=http://forward-proxy.int.example.com:3128',
        'https_proxy=http://forward-proxy.int.example.com:3128',
        'no_proxy=localhost,127.0.0.1,.int.example.com',
      ],
    });
  });

  it('shows nothing but its own processes', () => {
    expect(seen['processes']).toHaveLength(4);
  });

  it('logs what the proxy is asked as Squid does', () => {
    expect(seen['accessLog']).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^\d+\.\d{3} +0 10\.20\.30\.40 TCP_TUNNEL\/200 0 CONNECT plex\.tv:443 - HIER_DIRECT\/plex\.tv -$/,
        ),
        expect.stringContaining('TCP_DENIED/403 0 CONNECT metrics.plex.tv:443 - HIER_NONE/-'),
        expect.stringContaining('TCP_MISS/200 0 GET http://resources-cdn.plexapp.com/ - HIER_DIRECT/'),
      ]),
    );
  });

  it('opens nothing for the last act', () => {
    expect(atLast).toMatchObject({ scannersHost: 'no reply', direct: 'no reply' });
  });

  it('was played, and says with what result', () => {
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/demo: 3\/3 Plex Media Scanner \(pid 812\)/);
    expect(ran.stderr).toMatch(/asked \d+ times, served \d names and denied 2 names/);
    expect(ran.stderr).toMatch(/\d+ packets? that tried to go around the proxy vanished/);
  });

  it('leaves nothing behind', () => {
    expect({ processes: leftovers(entry), folder: existsSync('/run/pms-proxy-doctor-demo') }).toEqual({
      processes: [],
      folder: false,
    });
  });
});

describe.skipIf(sealing?.ok !== true)('the demo, played otherwise', { concurrent: true }, () => {
  it('passes on the code of a command that could not run', async () => {
    expect((await runCommand([process.execPath, entry, 'demo', 'EXIT=2'])).code).toBe(2);
  });

  it.each([['no JSON'], ['{"scan":{"condition":"would-occur","sections":[],"causes":[]},"bypasses":[]}']])(
    'says so when a report is not what it was meant to be: %s',
    async (told) => {
      const other = await runCommand([process.execPath, entry, 'demo', 'EXIT=3', `TOLD=${told}`]);
      expect(other.code).toBe(70);
      expect(other.stderr).toMatch(/part 1 did not go as it was meant to .* \(exit code 3: could not decide\)/);
      expect(other.stderr).toMatch(/3\/3 The scanner asks/);
    },
  );

  it.each<[NodeJS.Signals, number | null, RegExp]>([
    ['SIGINT', 130, /interrupted; the network is gone/],
    ['SIGTERM', 130, /interrupted; the network is gone/],
    ['SIGKILL', null, /^demo: /],
  ])('ended early by %s leaves nothing behind', async (name, code, says) => {
    const file = join(dirname(entry), `${name}.mjs`);
    copyFileSync(entry, file);
    const ran = await runCommand([process.execPath, file, 'demo', 'WAIT_MS=600000'], {
      signal: { name, after: 'demo: 1/3' },
    });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(says);
    await vi.waitUntil(() => leftovers(file).length === 0, { timeout: 60_000 });
  });
});

describe.skipIf(!isLinux || sealing?.ok !== true)('without user namespaces', () => {
  it('says which step is refused, why, and what to do', async () => {
    // A user namespace without any below it, and without the rights of root in it: what a locked-down machine looks like.
    const lock = 'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all "$@"';
    const locked = ['unshare', '--user', '--map-root-user', 'sh', '-c', lock, 'sh'];
    const ran = await runCommand([...locked, '--securebits=+noroot', process.execPath, entry, 'demo']);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/does not allow a user namespace/);
    expect(ran.stderr).toMatch(/user\.max_user_namespaces is 0; .* sysctl -w user\.max_user_namespaces=/);
    expect(ran.stderr).toMatch(/run `pms-proxy-doctor check`/);
  });
});

it('refuses the hidden command without an order', async () => {
  const ran = await runCommand([process.execPath, entry, 'demo-inside', '{"role":"unknown"}']);
  expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('pms-proxy-doctor demo') });
});
