import { printable } from '../values/printable.ts';
import { evidenceSchema, type Evidence } from './evidence.ts';

/**
 * Evidence whose texts are safe to print. They come from proxies, certificates and other people's files, and end on a terminal.
 */
export function printableEvidence(evidence: Evidence): Evidence {
  const copy: unknown = JSON.parse(JSON.stringify(evidence), (_, value: unknown) =>
    typeof value === 'string' ? printable(value) : value,
  );
  return evidenceSchema.parse(copy);
}
