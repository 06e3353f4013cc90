import { platform } from 'node:os';
import type { Evidence } from '../core/model/evidence.ts';
import type { SecretVariables } from '../core/values/secret-variables.ts';
import { TOOL } from '../core/values/version.ts';
import type { RunOptions } from './run.ts';

export interface GatheredEvidence {
  readonly evidence: Evidence;
  /** The variables that are judged, whole; null when there are none. */
  readonly variables: SecretVariables | null;
}

/** Facts about the run itself. */
interface RunFacts {
  readonly command: string;
  readonly startedAt: Date;
  readonly options: Pick<RunOptions, 'timeoutMs' | 'families'>;
  readonly signal: AbortSignal;
}

/** The document of a run that ends now. */
export function evidenceOf({ command, startedAt, options, signal }: RunFacts, items: Evidence['items']): Evidence {
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
