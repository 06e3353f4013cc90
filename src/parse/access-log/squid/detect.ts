import { LEAST_SHARE, shareOfLines } from '../share.ts';
import { BUILTIN_FORMATS, type SquidFormat } from './format/logformat.ts';
import { LinePlan } from './format/plan.ts';
import { isOwnMessage } from './own-messages.ts';
import { isSlotValue } from './format/values.ts';

export interface DetectedFormat {
  readonly format: SquidFormat;
  /** Of the lines of the sample those that can be read in it. */
  readonly share: number;
}

/** The first of the formats in which most lines of a sample can be read; null when none reads half of them. */
export function detectFormat(
  sample: Uint8Array,
  formats: Iterable<SquidFormat> = Object.values(BUILTIN_FORMATS),
): DetectedFormat | null {
  let best: DetectedFormat | null = null;
  for (const format of formats) {
    const share = shareRead(format, sample);
    if (share >= LEAST_SHARE && share > (best?.share ?? 0)) best = { format, share };
    // No other can read more. To look for what is wrong with each line in all the other formats takes long.
    if (share === 1) break;
  }
  return best;
}

function shareRead(format: SquidFormat, sample: Uint8Array): number {
  const plan = new LinePlan(format);
  return shareOfLines(
    sample,
    (bytes, from, end) =>
      (plan.match(bytes, from, end) && areValues(bytes, plan.spans)) ||
      plan.search(bytes, from, end) ||
      (isOwnMessage(bytes, from, end) ? null : false),
  );
}

function areValues(bytes: Uint8Array, spans: Int32Array): boolean {
  for (let slot = 0; 2 * slot < spans.length; slot += 1) {
    const from = spans[2 * slot] ?? -1;
    if (from >= 0 && !isSlotValue(slot, bytes, from, spans[2 * slot + 1] ?? -1)) return false;
  }
  return true;
}
