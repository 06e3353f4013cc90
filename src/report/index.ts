import type { Report } from '../core/report.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import type { RenderOptions } from './style.ts';
import { renderText } from './text.ts';

export type Renderer = (report: Report, options: RenderOptions) => string;

/** One pure renderer per `--format`: a report in, a string that ends with a line break out. */
export const renderers = {
  text: renderText,
  json: renderJson,
  markdown: renderMarkdown,
} as const satisfies Readonly<Record<string, Renderer>>;
export type Format = keyof typeof renderers;
