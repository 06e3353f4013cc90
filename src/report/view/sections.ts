import type { Report } from '../../core/model/report.ts';
import { whatToDo } from './advice.ts';
import { attempts } from './endpoints/attempts.ts';
import type { Section, ViewOptions } from '../blocks/blocks.ts';
import { bypassing } from './traffic/bypasses.ts';
import { condition, expectations, otherCauses } from './condition.ts';
import { endpointTable } from './endpoints/endpoint-table.ts';
import { askedOfPms } from './experiment.ts';
import { findings } from './findings.ts';
import { everyFlow, everyQuestion } from './traffic/flows.ts';
import { closing, notice, settings, variables } from './head.ts';
import { answer } from './answer.ts';
import { proof } from './proof.ts';
import { tally } from './endpoints/tally.ts';
import { pmsLog, pmsLogInShort } from './pms-log.ts';
import { unlisted } from './traffic/unlisted.ts';
import { files, watched } from './traffic/watched.ts';

/** The answer, and behind it everything that it rests on. Formats for people draw these sections and nothing else. */
export function sectionsOf(report: Report, options: ViewOptions): readonly Section[] {
  const isWhole = options.all || options.verbose || options.medium === 'page';
  return [
    ...answer(report),
    ...proof(report),
    ...whatToDo(report, options),
    ...tally(report),
    ...(isWhole ? details(report, options) : pmsLogInShort(report, options)),
    ...closing(report, isWhole),
  ];
}

function details(report: Report, options: ViewOptions): readonly Section[] {
  return [
    ...condition(report, options),
    ...otherCauses(report, options),
    ...expectations(report),
    ...endpointTable(report, options),
    ...attempts(report, options),
    ...bypassing(report, options),
    ...watched(report, options),
    ...files(report, options),
    ...everyFlow(report, options),
    ...everyQuestion(report, options),
    ...unlisted(report, options),
    ...pmsLog(report, options),
    ...askedOfPms(report),
    ...findings(report, options),
    ...settings(report, options),
    ...variables(report, options),
    ...notice(report),
  ];
}
