import { expect, it } from 'vitest';
import csv from '../../../src/allow/targets/csv.ts';
import { listOf, own, textOf } from '../../support/allow/lists.ts';

it('has a header, CRLF, and fields that no spreadsheet runs', () => {
  const list = listOf([
    own('a.example', { purpose: '=1+1', breaks: 'Says "no", twice.' }),
    own('a.example', { scheme: 'http', port: 80, purpose: '=1+1', breaks: 'Says "no", twice.' }),
  ]);
  expect(textOf(csv, list)).toBe(
    [
      'host,kind,tls,http,resolved,purpose,need,breaks,mark,custom',
      `a.example,name,443,80,false,'=1+1,feature,"Says ""no"", twice.",inferred,true`,
      '',
    ].join('\r\n'),
  );
});
