import type { NeedAsked } from '../../allow/model.ts';

/** The options of `allow`, checked one by one. */
export interface AllowOptions {
  /** null: not given. */
  readonly asked: NeedAsked | null;
  readonly target: string | null;
  readonly output: string | null;
  readonly endpoints: string | null;
  readonly only: readonly string[];
  readonly agents: readonly string[];
  readonly fromReport: string | null;
  readonly clients: readonly string[];
  readonly sni: boolean;
  /** Logs and captures to learn from; `-` is standard input. */
  readonly from: readonly string[];
  readonly squidLogformat: string | null;
  /** A present list, to be compared with. */
  readonly existing: string | null;
  readonly unusedDays: number;
  /** Shows addresses and the other names on them. */
  readonly collateral: boolean;
  /** Name servers to ask; empty: those of this machine. */
  readonly resolvers: readonly string[];
  /** How often each name is asked for. */
  readonly times: number;
  /** `NAME=FILE`: published ranges of addresses, and the user's name for their owner. */
  readonly ranges: readonly string[];
  readonly raw: boolean;
}
