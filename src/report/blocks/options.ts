import { INSTALLED, type Invocation } from './invocation.ts';

/** Limits of the place where a report is shown; formats ignore options that they do not need. */
export interface Look {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** false: ASCII symbols only, for locales without UTF-8. */
  readonly unicode: boolean;
  readonly invocation: Invocation;
}

export interface RenderOptions extends Look {
  /** Every row and cause, not only the answer. */
  readonly all: boolean;
  /** Also every attempt and every reason. */
  readonly verbose: boolean;
}

export const DEFAULT_OPTIONS: RenderOptions = {
  width: 80,
  colour: false,
  unicode: true,
  invocation: INSTALLED,
  all: false,
  verbose: false,
};
