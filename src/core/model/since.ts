import * as z from 'zod/mini';
import { CAUSE_IDS } from './cause-ids.ts';
import { scanSchema } from './experiment.ts';
import { file, time } from './privacy.ts';
import { list, obj } from './schema.ts';

/** An earlier experiment, which this run repeats: `reproduce --after`. */
export const earlierShape = {
  /** The document that tells of it. */
  name: file(),
  startedAt: time(),
  condition: z.enum(['reproduced', 'would-occur', 'not-found', 'unknown']),
  scans: list(scanSchema),
  /** Causes that were confirmed or likely then. */
  causes: list(z.enum(CAUSE_IDS)),
};
export const earlierSchema = obj(earlierShape);
export type Earlier = z.infer<typeof earlierSchema>;
