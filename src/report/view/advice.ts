import type { Report } from '../../core/model/report.ts';
import { NO_OPTIONS, typed, type GivenOptions } from '../blocks/invocation.ts';
import { isBrief, notes, type Section, type Step, type ViewOptions } from '../blocks/blocks.ts';

/** The surest step comes first; the user runs the tool again after it, which may settle the others. */
const STEPS_SHOWN = 1;

/** Commands that ask their question again with the same options. */
const REPEATED: ReadonlySet<string> = new Set(['check', 'observe', 'reproduce']);

/** The ranked steps, and then how to check them and where to ask. */
export function whatToDo(report: Report, options: ViewOptions): readonly Section[] {
  const { advice, summary } = report;
  const shown = isBrief(options) && !options.all ? advice.slice(0, STEPS_SHOWN) : advice;
  const rest = advice.length - shown.length;
  const { invocation } = options;
  const given = REPEATED.has(report.run.command) ? invocation.options : NO_OPTIONS;
  const check = checkCommand(report, given);
  const isChecked = summary.verdict === 'problems';
  const advised = shown.map(({ step, commands }): Step => ({
    text: step.text,
    // The step that checks has it, perhaps for one library.
    commands: commands.filter((command) => !isChecked || !check.startsWith(command)),
  }));
  const steps = [
    ...advised,
    ...(isChecked ? [{ text: `Then check${withNamed(given)}:`, commands: [check] }] : []),
    ...(options.medium === 'page' || summary.verdict === 'ok' ? [] : [howToAsk(report, given)]),
  ].map(({ text, commands }) => ({ text, commands: commands.map((command) => typed(command, invocation)) }));
  if (steps.length === 0) return [];
  return [
    {
      title: 'Do this',
      place: 'open',
      blocks: [{ kind: 'steps', steps }, ...notes(rest > 0 ? [`and ${rest} more with --all`] : [])],
    },
  ];
}

/** The same question again. Files show the past, so what they showed is checked on the PMS host. */
function checkCommand({ run, scan }: Report, { shown }: GivenOptions): string {
  const refused = scan.sections.filter(({ condition }) => condition === 'reproduced').map(({ id }) => id);
  switch (run.command) {
    case 'reproduce':
      return `sudo pms-proxy-doctor reproduce${refused.map((id) => ` --section ${id}`).join('')}${shown}`;
    case 'bridge':
      return 'sudo pms-proxy-doctor bridge --prove';
    case 'check':
      return `sudo pms-proxy-doctor check${shown}`;
    case 'observe':
      return `sudo pms-proxy-doctor observe${shown}`;
    default:
      return 'sudo pms-proxy-doctor reproduce';
  }
}

/** Their values are the user's own, and a report is copied to other people. */
function withNamed({ named }: GivenOptions): string {
  return named.length === 0 ? '' : `, with the same ${named.join(', ')}`;
}

function howToAsk({ run }: Report, given: GivenOptions): Step {
  const isLive = run.inputs === undefined && REPEATED.has(run.command);
  return isLive
    ? {
        text: `To ask for help, post the sanitized report${withNamed(given)}:`,
        commands: [`sudo pms-proxy-doctor ${run.command}${given.shown} --format markdown -o report.md`],
      }
    : {
        text: 'To ask for help, run this again with --format markdown -o report.md, and post that report.',
        commands: [],
      };
}
