import { formatsOfConfig, type LogConfiguration } from '../../parse/access-log/squid/config.ts';
import { openSource } from './open/byte-source.ts';
import { HEAD_BYTES, surestFormat } from './kinds/format.ts';
import { FORMATS } from './formats.ts';
import { SQUID_CONF } from './kinds/squid-conf.ts';
import { NOTHING_KNOWN } from './kinds/squid-format.ts';
import type { InputPath } from './open/input-paths.ts';
import { Trouble } from './open/trouble.ts';
import { collect, peek } from './open/unpack.ts';

/** A squid.conf with all of Squid's own documentation has 350 kB. */
const SQUID_CONF_LIMIT_BYTES = 4 * 1024 * 1024;

/** The log formats of a squid.conf; null when the file is none, or cannot be read, which a later step reports. */
export async function readConfiguration(
  { sizeBytes, trouble, path }: InputPath,
  signal: AbortSignal,
): Promise<LogConfiguration | null> {
  if (sizeBytes === null || trouble !== null || sizeBytes > SQUID_CONF_LIMIT_BYTES) return null;
  try {
    const source = await openSource(path, signal);
    try {
      const peeked = await peek(source.chunks, HEAD_BYTES);
      const { sample, chunks } = peeked;
      const head = { bytes: sample, path, member: null, known: NOTHING_KNOWN };
      if (SQUID_CONF.detect(head) === 0 || surestFormat(FORMATS, head)?.format !== SQUID_CONF) {
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
