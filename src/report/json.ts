import type { Report } from '../core/model/report.ts';

/** The report as it is, for scripts: `docs/report.schema.json` describes it. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
