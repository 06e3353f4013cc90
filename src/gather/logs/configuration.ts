import { formatsOfConfig, type LogConfiguration } from '../../parse/squid-config.ts';
import { openSource } from './byte-source.ts';
import { contentsOf, isSquidConf, SAMPLE_BYTES } from './file-kind.ts';
import type { InputPath } from './input-paths.ts';
import { Trouble } from './trouble.ts';
import { collect, peek } from './unpack.ts';

/** A squid.conf with all of Squid's own documentation has 350 kB. */
const SQUID_CONF_LIMIT_BYTES = 4 * 1024 * 1024;

/** The log formats of a squid.conf; null when the file is none, or cannot be read, which is found out and reported later. */
export async function readConfiguration(
  { sizeBytes, trouble, path }: InputPath,
  signal: AbortSignal,
): Promise<LogConfiguration | null> {
  if (sizeBytes === null || trouble !== null || sizeBytes > SQUID_CONF_LIMIT_BYTES) return null;
  try {
    const source = await openSource(path, signal);
    try {
      const peeked = await peek(source.chunks, SAMPLE_BYTES);
      const { sample, chunks } = peeked;
      if (contentsOf(sample).kind !== 'text' || !isSquidConf(sample)) {
        await peeked.close();
        return null;
      }
      const bytes = await collect(chunks, SQUID_CONF_LIMIT_BYTES);
      return bytes === null ? null : formatsOfConfig(bytes.toString('utf8'));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof Trouble) return null;
    throw error;
  }
}
