import type { Argv } from 'yargs';
import { CHECKS } from '../../checks/index.ts';
import { explain } from '../core/explain.ts';
import { EXIT } from '../core/verdict.ts';
import { UsageError } from './errors.ts';
import type { Exit } from './run.ts';
import { print } from './terminal.ts';

/** `explain`: why a check, a cause or an outcome matters, how it is judged, what to do. */
export function addExplain(yargs: Argv, exit: Exit): Argv {
  return yargs.command(
    'explain [topic]',
    'why a check, cause or outcome matters, how it was judged, what to do',
    (own) =>
      own.positional('topic', { type: 'string', describe: 'a check, cause or outcome; without it, all are listed' }),
    async ({ topic }) => {
      const result = explain(topic ?? null, CHECKS);
      if (!result.ok) {
        const hint =
          result.suggestions.length > 0
            ? `did you mean ${result.suggestions.join(' or ')}?`
            : 'without a topic, all are listed';
        throw new UsageError(`explain: nothing is called "${topic}"; ${hint}`);
      }
      await print(result.text);
      exit(EXIT.ok);
    },
  );
}
