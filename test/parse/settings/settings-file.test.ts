import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettingsFile } from '../../../src/parse/settings/settings-file.ts';

const parse = (text: string) => parseSettingsFile(Buffer.from(text));
const pairs = (text: string) => {
  const file = parse(text);
  return file.kind === 'assignments'
    ? [file.syntax, ...file.assignments.map((a) => `${a.name}=${a.value}`)]
    : file.kind;
};

describe('parseSettingsFile', () => {
  it.each([
    ['a list', 'http_proxy=http://p:1\nno_proxy=a, b\n', ['list', 'http_proxy=http://p:1', 'no_proxy=a, b']],
    [
      'an exported list',
      'export http_proxy="http://p:1"\nexport no_proxy=a',
      ['list', 'http_proxy=http://p:1', 'no_proxy=a'],
    ],
    ['the last of a name', 'A=1\nA=2', ['list', 'A=2']],
    ['an empty file', '', ['list']],
    ['a dump of an environ', 'A=1\0B=2 3\0', ['environ', 'A=1', 'B=2 3']],
    ['a dump that does not start right', '\0A=1\0', 'malformed'],
  ])('%s', (_, text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  it.each([
    ['a drop-in', '[Service]\nEnvironment="http_proxy=http://p:1"\n', 'Service'],
    ['a unit', '[Unit]\nDescription=x\n[Service]\nExecStart=/x\n', 'Service'],
    ['lines pasted from a drop-in', 'Environment="http_proxy=http://p:1"\n', 'pasted'],
    ['a lone EnvironmentFile', 'EnvironmentFile=/etc/default/x\n', 'pasted'],
  ])('%s is a unit', (_, text, section) => {
    expect(parse(text)).toEqual({ kind: 'unit', text, section });
  });

  it.each([
    ['http_proxy=http://p:1\nthis is nothing\n', 2, 1],
    ['http_proxy="http://p:1\n', 1, 12],
    ['# x\n\n  2x=1', 3, 3],
    ['http_proxy=http://p:1; export http_proxy', 1, 1],
    ['http_proxy http://p:1', 1, 1],
  ])('%j is malformed at %i:%i', (text, line, column) => {
    expect(parse(text)).toMatchObject({ kind: 'malformed', problem: { line, column } });
  });

  it('never repeats what stands in the file when it complains', () => {
    const file = parse('http_proxy http://alice:hunter2@proxy.test');
    expect(JSON.stringify(file)).not.toMatch(/hunter2|alice/);
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseSettingsFile(bytes).kind === 'string')),
    ).not.toThrow();
  });
});
