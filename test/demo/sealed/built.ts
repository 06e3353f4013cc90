import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** One self-contained file from entry.ts, because the demo starts itself again by the path of its file. */
export async function buildEntry(): Promise<{ readonly file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  const file = join(folder, 'entry.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('entry.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** Sent once it has said this on standard error. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: string };
}

export async function runCommand(command: readonly string[], { env, signal }: RunSettings = {}): Promise<Ran> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    const isSaid = signal !== undefined && stderr.includes(signal.after);
    stderr += chunk.toString();
    if (signal !== undefined && !isSaid && stderr.includes(signal.after)) child.kill(signal.name);
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
