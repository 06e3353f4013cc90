/**
 * A command line with the demo's two commands and, in place of the real ones, an observer that writes what it finds inside the
 * sealed network as one line of JSON. `EXIT` and `WAIT_MS` among its arguments set its exit code and how long it stays, and `TOLD` what
 * its reports say.
 */
import { appendFileSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { get, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDemo, runDemoInside } from '../../../src/demo/run.ts';

const PROXY = { host: 'forward-proxy.int.example.com', port: 3128 };

function directly(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (word: string): void => {
      socket.destroy();
      resolve(word);
    };
    socket.once('connect', () => finish('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.setTimeout(500, () => finish('no reply'));
  });
}

function throughProxy(method: string, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request({ ...PROXY, method, path, agent: false });
    const finish = (answer: { statusCode?: number | undefined; destroy(): void }): void => {
      resolve(answer.statusCode ?? 0);
      asked.destroy();
    };
    asked.once('connect', finish).once('response', finish);
    asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end();
  });
}

function processes(): readonly { readonly exe: string; readonly proxy: readonly string[] }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      exe: readlinkSync(`/proc/${pid}/exe`),
      proxy: readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((variable) => /proxy=/i.test(variable)),
    }));
}

/** PMS's API, as whoever has no token sees it. */
function statusOfPms(): Promise<number | string> {
  return new Promise((resolve) => {
    get('http://127.0.0.1:32400/identity', (answer) => resolve(answer.resume().statusCode ?? 0)).once(
      'error',
      (error) => resolve(error.message),
    );
  });
}

async function observe(argv: readonly string[]): Promise<number> {
  const valueOf = (name: string): string | undefined =>
    argv.find((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
  if (argv.includes('--from-evidence')) {
    process.stdout.write(valueOf('TOLD') ?? told(readFileSync('/run/pms-proxy-doctor-demo/acts', 'utf8').length));
    return 0;
  }
  appendFileSync('/run/pms-proxy-doctor-demo/acts', '.');
  process.once('SIGINT', () => process.exit(130));
  await sleep(Number(valueOf('WAIT_MS') ?? 0));
  const [exit = 0] = valueOf('EXIT')?.split(',').map(Number) ?? [];
  if (valueOf('TOLD') !== undefined) return exit;
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  const [plex] = await resolver.resolve4('plex.tv');
  const seen = {
    argv,
    addressOfPlex: plex,
    plexDirect: await resolver.resolve4('10-20-30-40.0123456789abcdef0123456789abcdef.plex.direct'),
    unknownName: await resolver.resolve4('unknown.example').catch((error: NodeJS.ErrnoException) => error.code),
    direct: await directly(plex ?? '', 443),
    scannersHost: await directly((await resolver.resolve4('metadata.provider.plex.tv'))[0] ?? '', 443),
    allowed: await throughProxy('CONNECT', 'plex.tv:443'),
    telemetry: await throughProxy('CONNECT', 'metrics.plex.tv:443'),
    notListed: await throughProxy('CONNECT', 'unknown.example:443'),
    plain: await throughProxy('GET', 'http://resources-cdn.plexapp.com/hashes.json'),
    ca: readFileSync(argv[argv.indexOf('--ca') + 1] ?? '', 'utf8').split('\n')[0],
    accessLog: readFileSync('/run/pms-proxy-doctor-demo/access.log', 'utf8').trim().split('\n'),
    processes: processes(),
    pms: await statusOfPms(),
    environment: Object.keys(process.env).filter((name) => /proxy/i.test(name)),
    run: readdirSync('/run', { withFileTypes: true }).flatMap((item) => (item.isSymbolicLink() ? [] : [item.name])),
    cgroups: [
      ...new Set(
        readFileSync('/proc/self/cgroup', 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split(':')[2]),
      ),
    ],
  };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  return exit;
}

/** The expected words of the report of each act. */
function told(act: number): string {
  if (act === 1) return JSON.stringify({ scan: { condition: 'unknown', sections: [], causes: [] }, bypasses: [] });
  const bypass = {
    host: 'metadata.provider.plex.tv',
    address: null,
    port: 443,
    process: 'Plex Media Scanner',
    pid: 812,
    outcome: 'no-reply',
    count: 1,
    kind: 'observed',
    dialects: [],
    evidence: ['socket'],
  };
  const cause = {
    id: 'scanner-bypasses-proxy',
    title: 'A process of PMS goes around the proxy',
    state: 'confirmed',
    because: [],
    remedy: null,
  };
  const refused = { scan: { condition: 'reproduced', sections: [], causes: [cause] }, bypasses: [bypass] };
  return JSON.stringify(act === 2 ? refused : { ...refused, bridge: { state: 'proved' } });
}

const [command, ...argv] = process.argv.slice(2);
if (command === 'demo-inside') process.exitCode = await runDemoInside(argv);
else if (['check', 'reproduce', 'bridge'].includes(command ?? '')) process.exitCode = await observe(argv);
else {
  const { stdout, stderr } = process;
  process.exitCode = await runDemo({ entry: process.argv[1] ?? '', argv, stdout, stderr, verbose: false });
}
