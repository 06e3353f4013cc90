/**
 * A command line with the demo's two commands and, in place of the real `check`, an observer that writes what it finds inside
 * the sealed network as JSON. `EXIT` and `WAIT_MS` among its arguments set its exit code and how long it stays.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
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
    socket.setTimeout(1_500, () => finish('no reply'));
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

async function observe(argv: readonly string[]): Promise<number> {
  const valueOf = (name: string): number =>
    Number(argv.find((argument) => argument.startsWith(`${name}=`))?.split('=')[1]);
  process.once('SIGINT', () => process.exit(130));
  if (argv.some((argument) => argument.startsWith('WAIT_MS='))) {
    await new Promise((resolve) => setTimeout(resolve, valueOf('WAIT_MS')));
    return 0;
  }
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  const [plex] = await resolver.resolve4('plex.tv');
  const seen = {
    argv,
    addressOfPlex: plex,
    plexDirect: await resolver.resolve4('10-20-30-40.0123456789abcdef0123456789abcdef.plex.direct'),
    unknownName: await resolver.resolve4('unknown.example').catch((error: NodeJS.ErrnoException) => error.code),
    direct: await directly(plex ?? '', 443),
    allowed: await throughProxy('CONNECT', 'plex.tv:443'),
    telemetry: await throughProxy('CONNECT', 'metrics.plex.tv:443'),
    notListed: await throughProxy('CONNECT', 'unknown.example:443'),
    plain: await throughProxy('GET', 'http://resources-cdn.plexapp.com/hashes.json'),
    ca: readFileSync(argv[argv.indexOf('--ca') + 1] ?? '', 'utf8').split('\n')[0],
    processes: processes(),
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
  return valueOf('EXIT');
}

const [command, ...argv] = process.argv.slice(2);
if (command === 'demo-inside') process.exitCode = await runDemoInside(argv);
else if (command === 'check') process.exitCode = await observe(argv);
else {
  const { stdout, stderr } = process;
  process.exitCode = await runDemo({ entry: process.argv[1] ?? '', argv, stdout, stderr, verbose: false });
}
