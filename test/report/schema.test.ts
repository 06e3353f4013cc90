import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { reportSchema } from '../../src/core/report.ts';
import { renderJson } from '../../src/report/json.ts';
import { reportFixture, REPORTS } from '../support/report-fixture.ts';

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
});
