import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Lab, labMissing, PROXY_NAME, proxyUrl, type Policy } from '../lab/lab.ts';

/**
 * How long `check --timeout 3s` takes over the whole catalogue, both routes and families, and how much memory it needs at its peak.
 * Needs the lab (test/lab/README.md): `npm run build && node src/tooling/run.mjs test/bench/check-wall.ts`.
 */

const BUILT = resolve('dist/pms-proxy-doctor.js');
const RUNS = 5;
const MEMORY_BAR_MB = 150;

interface Scenario {
  readonly name: string;
  readonly policy: Policy;
  readonly proxy: string;
  readonly barS: number;
}

const DROPPED: Policy = { pms4: 'drop', pms6: 'drop' };
const SCENARIOS: readonly Scenario[] = [
  { name: 'open network', policy: {}, proxy: proxyUrl('allowed'), barS: 2 },
  { name: 'direct egress dropped', policy: DROPPED, proxy: proxyUrl('allowed'), barS: 4 },
  { name: 'and the proxy silent', policy: DROPPED, proxy: proxyUrl('silent'), barS: 4.5 },
  { name: 'and local DNS dropped', policy: { ...DROPPED, dns: 'drop' }, proxy: proxyUrl('silent'), barS: 7 },
  {
    name: 'and the proxy given by name',
    policy: { ...DROPPED, dns: 'drop' },
    proxy: proxyUrl('silent', { host: PROXY_NAME }),
    barS: 7,
  },
];

async function measure(lab: Lab): Promise<{ readonly wallS: number; readonly peakMb: number }> {
  const peakFile = `${lab.directory}/peak-kb`;
  const hook = `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync('${peakFile}', String(process.resourceUsage().maxRSS)))`;
  const check = ['check', '--ca', lab.ca, '--timeout', '3s', '--format', 'json'];
  const { exitCode, ms, stderr } = await lab.onPmsHost([
    'node',
    '--import',
    `data:text/javascript,${hook}`,
    BUILT,
    ...check,
  ]);
  // 3: nothing watched the scanner, so that a host without a direct way is undecided.
  if (exitCode === null || ![0, 1, 3].includes(exitCode)) throw new Error(`check ended with ${exitCode}: ${stderr}`);
  return { wallS: ms / 1000, peakMb: Number(readFileSync(peakFile, 'utf8')) / 1024 };
}

function row(name: string, values: readonly number[], digits: number, unit: string, bar: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const spread = `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  return `${name.padEnd(30)} ${middle.toFixed(digits)} ${unit} (${spread}; bar ${bar})${middle > bar ? '  OVER' : ''}`;
}

async function main(): Promise<void> {
  if (labMissing() !== null) return;
  const lab = new Lab('bench');
  const peaks: number[] = [];
  lab.up();
  try {
    for (const { name, policy, proxy, barS } of SCENARIOS) {
      lab.policy(policy);
      lab.startPms({ https_proxy: proxy, http_proxy: proxy, no_proxy: 'localhost,127.0.0.1,::1,[::1]' });
      const walls: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const { wallS, peakMb } = await measure(lab);
        walls.push(wallS);
        peaks.push(peakMb);
      }
      console.log(row(name, walls, 2, 's', barS));
    }
  } finally {
    lab.down();
  }
  console.log(row('peak memory over all of them', peaks, 0, 'MB', MEMORY_BAR_MB));
}

await main();
