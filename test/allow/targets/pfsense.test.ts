import { expect, it } from 'vitest';
import pfsense from '../../../src/allow/targets/pfsense.ts';
import { listOf, own, textOf } from '../../support/allow/lists.ts';

it('has a host and a description that the import takes on each line', () => {
  const list = listOf([own('a.example', { purpose: `|${'x'.repeat(300)}` }), own('*.b.example'), own('203.0.113.5')]);
  const lines = textOf(pfsense, list).trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['a.example', '203.0.113.5']);
  for (const line of lines) {
    expect(line).not.toContain('|');
    expect(line.slice(line.indexOf(' ') + 1).length).toBeLessThan(200);
  }
});

it('says that it holds no pattern', () => {
  const { notIn } = pfsense.draw(listOf([own('*.b.example')]), { sni: false });
  expect(notIn).toMatchObject([{ host: '*.b.example' }]);
});
