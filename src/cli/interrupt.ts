import { EXIT } from '../core/verdict.ts';
import { note } from './terminal.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** The first signal ends the gathering, and what was gathered is reported; the second ends the process. */
export function onInterrupt(): Interruption {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    note('interrupted: reporting what was gathered so far');
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}
