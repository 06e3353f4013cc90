import type { Comparison } from '../core/model/comparison.ts';
import type { Report } from '../core/model/report.ts';
import {
  compareGelf,
  compareHtml,
  compareJson,
  compareJunit,
  compareMarkdown,
  comparePrometheus,
  compareTap,
  compareText,
} from './comparison-formats.ts';
import { renderGelf } from './gelf.ts';
import { renderHtml } from './html/report.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown/report.ts';
import { renderPrometheus } from './prometheus.ts';
import type { RenderOptions } from './blocks/options.ts';
import { renderTap } from './tap.ts';
import { renderText } from './text/report.ts';

interface ReportFormat {
  /** Pure: a report in, a string that ends with a line break out. */
  readonly render: (report: Report, options: RenderOptions) => string;
  /** The same for a comparison of two reports. */
  readonly compare: (comparison: Comparison, options: RenderOptions) => string;
  /** Ends up where others read it: in a forum, or with the results of a build. */
  readonly isPublished: boolean;
}

/** One row for each `--format`. */
export const FORMATS = {
  text: { render: renderText, compare: compareText, isPublished: false },
  json: { render: renderJson, compare: compareJson, isPublished: false },
  markdown: { render: renderMarkdown, compare: compareMarkdown, isPublished: true },
  html: { render: renderHtml, compare: compareHtml, isPublished: true },
  junit: { render: renderJunit, compare: compareJunit, isPublished: true },
  tap: { render: renderTap, compare: compareTap, isPublished: true },
  prometheus: { render: renderPrometheus, compare: comparePrometheus, isPublished: true },
  gelf: { render: renderGelf, compare: compareGelf, isPublished: true },
} as const satisfies Readonly<Record<string, ReportFormat>>;
export type Format = keyof typeof FORMATS;
