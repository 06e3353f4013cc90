import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../src/report/junit.ts';
import { suitesOf } from '../../src/report/view/cases.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../support/formats/hostile.ts';
import { parseXml, type Element } from '../support/formats/xml.ts';

const RESULTS = { passed: 'system-out', warned: 'skipped', skipped: 'skipped', failed: 'failure', crashed: 'error' };

function sum(suites: readonly Element[], key: string): number {
  return suites.reduce((total, suite) => total + Number(suite.attributes.get(key)), 0);
}

describe.each(Object.entries(REPORTS))('JUnit XML of %s', (_, report) => {
  const root = parseXml(renderJunit(report));
  it('has each case with its result', () => {
    const told = root.children.map(({ attributes, children }) => [
      attributes.get('name'),
      children.map((each) => [each.attributes.get('name'), each.children.map(({ name }) => name)]),
    ]);
    expect(told).toEqual(
      suitesOf(report).map(({ name, cases }) => [name, cases.map((each) => [each.name, [RESULTS[each.status]]])]),
    );
  });
  it('counts right', () => {
    for (const [key, result] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      const own = (suite: Element): number =>
        suite.children.filter(({ children }) => children[0]?.name === result).length;
      expect(root.children.map((suite) => Number(suite.attributes.get(key)))).toEqual(root.children.map(own));
    }
    for (const key of ['failures', 'errors']) expect(Number(root.attributes.get(key))).toBe(sum(root.children, key));
    expect(Number(root.attributes.get('tests'))).toBe(sum(root.children, 'tests'));
  });
});

it('has no attributes but those of the schema of Jenkins', () => {
  const root = parseXml(renderJunit(REPORTS.denied));
  expect([...root.attributes.keys()]).toEqual(['name', 'tests', 'failures', 'errors']);
  expect([...(root.children[0]?.attributes.keys() ?? [])]).toEqual([
    'name',
    'tests',
    'failures',
    'errors',
    'skipped',
    'timestamp',
  ]);
});

it('a warning is told as one, and is not passed', () => {
  expect(renderJunit(REPORTS.denied)).toContain(
    '<testcase classname="endpoints" name="images.plex.tv" time="0.002"><skipped message="warning: unreachable: ',
  );
});

describe('hostile words', () => {
  it.each(HOSTILE)('%j stay words', (words) => {
    const root = parseXml(renderJunit(hostileReport(words)));
    const [verdict] = root.children[0]?.children ?? [];
    const message = verdict?.children[0]?.attributes.get('message');
    const visible = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S}]|\p{So}/gu, '');
    expect(visible(message ?? '')).toBe(visible(words));
    expect(root.children.map((suite) => suite.children.length)).toEqual(
      suitesOf(hostileReport(words)).map(({ cases }) => cases.length),
    );
  });
});

it('a vast report has a case for each endpoint', () => {
  const endpoints = parseXml(renderJunit(vastReport())).children.find(
    (each) => each.attributes.get('name') === 'endpoints',
  );
  expect(endpoints?.children).toHaveLength(VAST);
});

describe('the oracle refuses', () => {
  const document = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
  it.each([
    ['<a>', 'not closed'],
    ['<a></b>', 'closed by another name'],
    ['<a b="1" b="2"/>', 'twice'],
    ['<a b="<"/>', 'expected'],
    ['<a>&x;</a>', 'unknown entity &x;'],
    ['<a>& </a>', 'unknown entity &'],
    ['<a>]]></a>', ']]> in text'],
    ['<a/><b/>', 'behind the root'],
    ['<a>\u0001</a>', 'a character that XML cannot hold'],
    ['<a>\uFFFE</a>', 'a character that XML cannot hold'],
    ['<a>\uD800</a>', 'a character that XML cannot hold'],
  ])('%j', (body, message) => {
    expect(() => parseXml(document(body))).toThrow(message);
  });
  it('but not what is well-formed', () => {
    expect(parseXml(document('<a b="&lt;"><c/>&amp;</a>\n'))).toMatchObject({ name: 'a', text: '&' });
  });
});
