import { platform } from 'node:os';
import type { Evidence } from '../core/evidence.ts';
import { TOOL } from '../core/version.ts';
import type { RunOptions } from './options.ts';

/** What a run has to say about itself. */
export interface Run {
  readonly command: string;
  readonly startedAt: Date;
  readonly options: Pick<RunOptions, 'timeoutMs' | 'families'>;
  readonly signal: AbortSignal;
}

/** The document of a run that ends now. */
export function evidenceOf({ command, startedAt, options, signal }: Run, items: Evidence['items']): Evidence {
  return {
    kind: 'pms-proxy-doctor/evidence',
    schemaVersion: 1,
    tool: TOOL,
    run: {
      command,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      platform: platform(),
      timeoutMs: options.timeoutMs,
      families: options.families,
      interrupted: signal.aborted,
    },
    items,
    sanitized: {},
  };
}
