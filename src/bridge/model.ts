import type { ProxyScheme } from '../core/values/secret.ts';
import type { BridgedHost } from './hosts-file.ts';

/** The programs that a bridge can be made of. */
export const ENGINES = [
  'systemd-nc',
  'systemd-socat',
  'squid-peek',
  'compose',
  'kubernetes',
  'openrc',
  'sysv',
] as const;
export type Engine = (typeof ENGINES)[number];

export interface PlanInput {
  readonly engine: Engine;
  readonly hosts: readonly BridgedHost[];
  readonly proxy: {
    readonly scheme: ProxyScheme;
    readonly host: string;
    readonly port: number;
    /** `user:password`, as it is meant; null: the proxy wants none. */
    readonly credentials: string | null;
  };
  /** The unit of PMS; null: not known. */
  readonly unit: string | null;
}

export interface PlannedFile {
  readonly name: string;
  readonly text: string;
  readonly mode: 0o600 | 0o644 | 0o755;
}

/** A program that can tell whether files are right. `DIR` stands for the folder in its arguments. */
export interface PlanCheck {
  readonly name: string;
  readonly command: readonly string[];
  /** Further programs without which the check would object to nothing but their absence. */
  readonly needs: readonly string[];
  readonly asRoot: boolean;
  /** A command that succeeds where the checker is whole: a plug-in may be missing. */
  readonly probe?: readonly string[];
  /** Words of an objection that is about this machine and not about the files. */
  readonly excuse?: RegExp;
}

export interface PlanParts {
  readonly files: readonly PlannedFile[];
  readonly checks: readonly PlanCheck[];
  /** The way to install and to undo, as the README tells it. */
  readonly install: readonly string[];
  readonly undo: readonly string[];
  readonly remarks: readonly string[];
}
