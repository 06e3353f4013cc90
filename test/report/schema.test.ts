import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { reportSchema } from '../../src/core/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { renderJson } from '../../src/report/json.ts';
import { compared } from '../support/fixtures/compare.ts';
import { reportFixture, REPORTS } from '../support/fixtures/report.ts';

const published: unknown = JSON.parse(readFileSync('docs/report.schema.json', 'utf8'));

describe('the JSON report against the schema that scripts read', () => {
  // zod reads the published document back, so that the file itself is tested and not the code that wrote it.
  const schema = z.fromJSONSchema(z.record(z.string(), z.json()).parse(published));

  it.each(Object.entries(REPORTS))('%s fits', (_name, report) => {
    const document: unknown = JSON.parse(renderJson(report));
    expect(schema.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(reportSchema.safeParse(document).success).toBe(true);
  });

  it('refuses an outcome that is not in the closed list', () => {
    const text = renderJson(reportFixture()).replaceAll('"no-reply"', '"timeout"');
    expect(text).toContain('"timeout"');
    expect(schema.safeParse(JSON.parse(text)).success).toBe(false);
  });

  it('is made from the schema of the code', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(reportSchema, { io: 'input' }))));
  });
});

describe('the JSON comparison against the schema that scripts read', () => {
  const document: unknown = JSON.parse(readFileSync('docs/comparison.schema.json', 'utf8'));
  const schema = z.fromJSONSchema(z.record(z.string(), z.json()).parse(document));

  it.each(Object.entries(REPORTS))('%s fits', (_name, report) => {
    const comparison: unknown = JSON.parse(FORMATS.json.compare(compared(REPORTS.allowed, report)));
    expect(schema.safeParse(comparison).error?.issues ?? []).toEqual([]);
  });

  it('refuses a change that is not in the closed list', () => {
    const text = FORMATS.json.compare(compared(REPORTS.allowed, REPORTS.denied)).replaceAll('"worse"', '"bad"');
    expect(schema.safeParse(JSON.parse(text)).success).toBe(false);
  });
});
