import type { Argv } from 'yargs';
import { CHECKS } from '../../../checks/index.ts';
import { UsageError } from '../../app/usage-error.ts';
import { CAUSES } from '../../causes/index.ts';
import { EXIT } from '../../core/verdict/verdict.ts';
import { explain } from '../../report/explain.ts';
import type { CommandHelp } from '../help/model.ts';
import type { Context } from './context.ts';

export const EXPLAIN = {
  name: 'explain',
  takes: '[NAME]',
  summary: 'explain a check, a cause, an outcome or a word of a report: why it matters, how it is judged, what to do',
  words: [['NAME', 'a check, cause, outcome or word of a report; legend: all words; without it, all names are listed']],
  own: {},
  shared: {},
  examples: [
    ['explain scanner-bypasses-proxy', 'a cause: why it matters, how it is judged, what to do'],
    ['explain legend', 'the words of a report'],
  ],
} as const satisfies CommandHelp;

/** `explain`: why a check, a cause or an outcome matters, how it is judged, what to do. */
export function addExplain(yargs: Argv, { terminal, exit }: Context): Argv {
  return yargs.command(
    `${EXPLAIN.name} [topic]`,
    EXPLAIN.summary,
    (own) => own.positional('topic', { type: 'string' }),
    async ({ topic }) => {
      const result = explain(topic ?? null, { checks: CHECKS, causes: CAUSES });
      if (!result.ok) {
        const hint =
          result.suggestions.length > 0
            ? `did you mean ${result.suggestions.join(' or ')}?`
            : 'without a topic, all are listed';
        throw new UsageError(`explain: there is no check, cause or outcome "${topic}"; ${hint}`);
      }
      await terminal.print(result.text);
      exit(EXIT.ok);
    },
  );
}
