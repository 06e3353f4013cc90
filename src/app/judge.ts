import { CHECKS } from '../../checks/index.ts';
import { CAUSES } from '../causes/index.ts';
import { buildReport, type Judgement } from '../core/verdict/build-report.ts';
import { runChecks } from '../core/check.ts';
import { deriveFacts } from '../core/judge/derive.ts';
import { diagnose } from '../core/diagnose/diagnose.ts';
import type { Evidence } from '../core/model/evidence.ts';
import type { Report } from '../core/model/report.ts';

/** Evidence in, report out: the whole judgement, for live and for saved evidence alike. */
export function judge(evidence: Evidence, policy: Judgement['policy']): Report {
  const facts = deriveFacts(evidence);
  const findings = runChecks(CHECKS, facts);
  return buildReport({
    evidence,
    facts,
    findings,
    diagnosis: diagnose(CAUSES, facts, findings, policy?.policy ?? null),
    policy,
  });
}
