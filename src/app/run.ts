import type { Family } from '../core/model/outcome.ts';
import type { EnvFrom } from '../core/values/env-from.ts';
import type { PmsBase } from '../gather/pms/api/base.ts';
import type { Format } from '../report/index.ts';
import type { Terminal } from './terminal.ts';

/** The options of a run, checked. */
export interface RunOptions {
  readonly format: Format;
  readonly output: string | null;
  readonly raw: boolean;
  readonly all: boolean;
  readonly verbose: boolean;
  readonly timeoutMs: number;
  /** The user set the time limit of an attempt: the run keeps to it. */
  readonly timeoutGiven: boolean;
  readonly budgetMs: number;
  readonly families: readonly Family[];
  /** As given: it may hold a password until it is parsed. */
  readonly proxy: string | null;
  readonly noProxy: string | null;
  readonly envFrom: EnvFrom;
  /** Where PMS is asked; null: where it serves itself on this machine. */
  readonly pms: PmsBase | null;
  readonly tokenFile: string | null;
  readonly endpoints: string | null;
  readonly only: readonly string[];
  readonly ca: string | null;
  readonly expect: string | null;
  readonly saveEvidence: string | null;
  readonly fromEvidence: string | null;
}

/** A run that has begun. */
export interface Run {
  readonly options: RunOptions;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}
