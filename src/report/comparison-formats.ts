import { changesOf } from '../core/compare/summary.ts';
import { CHANGES, type Comparison } from '../core/model/comparison.ts';
import { exposition } from './exposition.ts';
import { drawMessages, LEVEL, type Message } from './gelf.ts';
import { drawHtml } from './html/report.ts';
import { drawJunit } from './junit.ts';
import { drawMarkdown } from './markdown/report.ts';
import { drawText } from './text/report.ts';
import { drawTap } from './tap.ts';
import type { RenderOptions } from './blocks/options.ts';
import { comparisonSections, comparisonWords } from './comparison/sections.ts';
import { comparisonSuites } from './comparison/suites.ts';

/** A comparison in each format. The answer stands first in a terminal too: it is short. */

export function compareText(comparison: Comparison, options: RenderOptions): string {
  return drawText(comparisonSections(comparison, { ...options, medium: 'terminal' }), options);
}

export function compareMarkdown(comparison: Comparison, options: RenderOptions): string {
  return drawMarkdown(comparisonSections(comparison, { ...options, medium: 'page' }));
}

export function compareHtml(comparison: Comparison, options: RenderOptions): string {
  return drawHtml(comparisonSections(comparison, { ...options, medium: 'page' }));
}

/** The comparison as it is, for scripts: `docs/comparison.schema.json` describes it. */
export function compareJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

export function compareJunit(comparison: Comparison): string {
  const { tool, after } = comparison;
  return drawJunit(comparisonSuites(comparison), { name: `${tool.name} ${tool.version} compare`, at: after.startedAt });
}

export function compareTap(comparison: Comparison): string {
  return drawTap(comparisonSuites(comparison));
}

export function comparePrometheus(comparison: Comparison): string {
  const changes = changesOf(comparison);
  const aspects = ['condition', 'endpoints', 'times', 'bypasses', 'expectations', 'checks', 'causes', 'settings'];
  return exposition([
    {
      name: 'comparison_exit_code',
      help: 'Exit code of the comparison: 0 not worse, 1 worse, 3 cannot be compared.',
      samples: [{ labels: {}, value: comparison.summary.exitCode }],
    },
    {
      name: 'comparison_changes',
      help: 'Changes between the two reports by what changed and how.',
      samples: aspects.flatMap((aspect) =>
        CHANGES.map((change) => ({
          labels: { aspect, change },
          value: changes.filter(([of, each]) => of === aspect && each.change === change).length,
        })),
      ),
    },
  ]);
}

export function compareGelf(comparison: Comparison): string {
  const { summary, after } = comparison;
  const run: Message = {
    level: summary.verdict === 'worse' ? LEVEL.error : summary.verdict === 'undecided' ? LEVEL.warning : LEVEL.info,
    text: comparisonWords(comparison),
    fields: { event: 'comparison', verdict: summary.verdict, exit_code: summary.exitCode },
  };
  const changes = changesOf(comparison).map(([aspect, { change, decides, says }]): Message => ({
    level: change === 'worse' && decides ? LEVEL.error : change === 'worse' ? LEVEL.notice : LEVEL.info,
    text: says.text,
    fields: { event: 'change', aspect, change, decides: decides ? 'yes' : 'no', message: says.message },
  }));
  return drawMessages(after.startedAt, [run, ...changes]);
}
