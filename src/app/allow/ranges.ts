import { readRanges, type PublishedRanges } from '../../allow/collateral/ranges.ts';
import { readInput } from '../files.ts';
import { UsageError } from '../usage-error.ts';

/** The largest list of a cloud provider has some ten megabytes. */
const RANGES_LIMIT_BYTES = 64 * 1024 * 1024;

/** The files of `--ranges NAME=FILE`. */
export async function readPublished(given: readonly string[]): Promise<readonly PublishedRanges[]> {
  const published: PublishedRanges[] = [];
  for (const word of given) {
    const [, of, path] = /^([\w.-]{1,40})=(.+)$/s.exec(word) ?? [];
    if (of === undefined || path === undefined)
      throw new UsageError(`--ranges: "${word}" is not NAME=FILE (expected for example cloudflare=ips-v4.txt)`);
    const ranges = readRanges(await readInput('ranges', path, RANGES_LIMIT_BYTES));
    if (ranges.length === 0)
      throw new UsageError(
        `--ranges: ${path} holds no range of addresses (expected JSON, or one a line as 192.0.2.0/24)`,
      );
    published.push({ of, ranges });
  }
  return published;
}
