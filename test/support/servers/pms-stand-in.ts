import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import { startPmsStandIn, type PmsStandIn } from '../../../src/demo/pms/start.ts';

/** The stand-in for Plex Media Server as tests start it: from source, which Node runs once it is bundled. */
export class PmsWorkshop {
  /** A directory of one test file. */
  readonly path = mkdtempSync(join(tmpdir(), 'pms-'));
  readonly script = join(this.path, 'stand-in.mjs');
  readonly #started: PmsStandIn[] = [];
  #count = 0;
  #bundled: Promise<unknown> | null = null;

  async start(
    config: PmsStandInSettings = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<PmsStandIn> {
    this.#count += 1;
    const directory = join(this.path, `pms-${this.#count}`);
    await this.bundle();
    const standIn = await startPmsStandIn({ directory, environment, config, port: 0, run: [this.script] });
    this.#started.push(standIn);
    return standIn;
  }

  /** `script` is there when this resolves. */
  bundle(): Promise<unknown> {
    this.#bundled ??= bundleInto(this.script);
    return this.#bundled;
  }

  /** Ends what still runs. */
  async remove(): Promise<void> {
    await Promise.all(this.#started.map((standIn) => standIn.kill()));
    rmSync(this.path, { recursive: true, force: true });
  }
}

function bundleInto(outfile: string): Promise<unknown> {
  return build({
    stdin: {
      contents: `
        import { runPmsOrder } from './src/demo/pms/command.ts';
        import { readPmsOrder } from './src/demo/pms/order.ts';
        process.exit(await runPmsOrder(readPmsOrder(process.argv[2]), [process.argv[1]]));
      `,
      resolveDir: resolve('.'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
  });
}
