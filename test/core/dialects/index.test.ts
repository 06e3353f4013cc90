import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/core/dialects/dialect.ts';
import { DIALECT_IDS, DIALECTS, isDialectId } from '../../../src/core/dialects/index.ts';

const FOLDER = new URL('../../../src/core/dialects/', import.meta.url);

function isDialect(value: unknown): value is Dialect {
  return typeof value === 'object' && value !== null && 'decide' in value && 'client' in value;
}

describe('the list of dialects', () => {
  it('has a row for every dialect that a file defines', async () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'index.ts');
    const modules = await Promise.all(files.map((name): Promise<object> => import(new URL(name, FOLDER).href)));
    const defined = modules.flatMap((module) => Object.values(module).filter(isDialect));
    expect(new Set(defined)).toEqual(new Set<Dialect>(Object.values(DIALECTS)));
  });

  it.each(DIALECT_IDS)('%s is an era of a client whose newest era is listed', (id) => {
    const { client } = DIALECTS[id];
    expect(isDialectId(client)).toBe(true);
    expect(id.startsWith(client)).toBe(true);
  });

  it('knows no other ids', () => {
    expect(['toString', 'curl-9', ''].filter(isDialectId)).toEqual([]);
  });
});
