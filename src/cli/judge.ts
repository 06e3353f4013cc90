import { CHECKS } from '../../checks/index.ts';
import { buildReport, type Judgement } from '../core/build-report.ts';
import { runChecks } from '../core/check.ts';
import { deriveFacts } from '../core/derive.ts';
import { diagnose } from '../core/diagnose.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/report.ts';

/** Evidence in, report out: the whole judgement, for live and for saved evidence alike. */
export function judge(evidence: Evidence, policy: Judgement['policy']): Report {
  const facts = deriveFacts(evidence);
  const findings = runChecks(CHECKS, facts);
  return buildReport({ evidence, facts, findings, diagnosis: diagnose(facts, findings), policy });
}
