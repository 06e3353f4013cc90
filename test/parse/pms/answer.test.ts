import { assert, constantFrom, property, string, stringMatching, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ELEMENTS, parseXml } from '../../../src/parse/pms/answer-xml.ts';
import { parsePmsAnswer } from '../../../src/parse/pms/answer.ts';
import { runs } from '../../support/fuzz.ts';

describe('an answer of PMS', () => {
  it.each([
    ['XML', '<?xml version="1.0"?>\n<MediaContainer size="1">\n<Directory key="4"/>\n</MediaContainer>\n'],
    [
      'XML with comments, CDATA and single quotes',
      "<!-- a --><MediaContainer size='1'>text<![CDATA[<x>]]><Directory key = '4' ></Directory ></MediaContainer>",
    ],
    ['JSON', '{"MediaContainer":{"size":1,"Directory":[{"key":"4"}]}}'],
    [
      'JSON with one object where there could be several',
      '\uFEFF {"MediaContainer":{"size":1,"Directory":{"key":4},"x":null,"y":["z"]}}',
    ],
  ])('%s', (_, text) => {
    const answer = parsePmsAnswer(text);
    expect(answer.kind === 'element' && JSON.parse(JSON.stringify(answer.element))).toEqual({
      name: 'MediaContainer',
      attributes: { size: '1' },
      children: [{ name: 'Directory', attributes: { key: '4' }, children: [] }],
    });
  });

  it.each([
    ['a page of PMS', '<html><head><title>Unauthorized</title></head></html>', { kind: 'page', title: 'Unauthorized' }],
    ['a page without a title', '<!DOCTYPE html><html><body>…', { kind: 'page', title: null }],
    ['a page that would move the cursor', '<html><title>a\u001B[2J</title>', { kind: 'page', title: 'a\uFFFD[2J' }],
    ['nothing', ' \r\n', { kind: 'empty' }],
    ['text', '220 mail.example ESMTP', { kind: 'not-plex' }],
    ['JSON of another server', '{"ok":true}', { kind: 'not-plex' }],
    ['a JSON list', '[1]', { kind: 'not-plex' }],
    ['JSON with a root that is no object', '{"MediaContainer":"x"}', { kind: 'not-plex' }],
    ['XML of another server', '<feed xmlns="http://www.w3.org/2005/Atom"/>', { kind: 'not-plex' }],
    ['JSON that ends', '{"MediaContainer":{"size"', { kind: 'malformed', offset: 0 }],
    ['XML that ends', '<MediaContainer><Directory key="4"/>', { kind: 'malformed', offset: 36 }],
    ['XML that ends in a tag', '<MediaContainer size="1', { kind: 'malformed', offset: 0 }],
    ['tags that cross', '<MediaContainer><a></MediaContainer></a>', { kind: 'malformed', offset: 19 }],
    ['two roots', '<MediaContainer/><MediaContainer/>', { kind: 'malformed', offset: 17 }],
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><MediaContainer/>', { kind: 'malformed', offset: 0 }],
    ['text behind the root', '<MediaContainer/>x', { kind: 'malformed' }],
    ['attributes without a space', '<MediaContainer a="1"b="2"/>', { kind: 'malformed', offset: 0 }],
  ])('%s', (_, text, expected) => {
    expect(parsePmsAnswer(text)).toMatchObject(expected);
  });

  it('references are decoded, and only those that XML defines', () => {
    const answer = parseXml('<a b="&lt;&amp;&#65;&#x42;&quot;&constructor;&#0;&#x110000;"/>');
    expect(answer).toMatchObject({ element: { attributes: { b: '<&AB"&constructor;&#0;&#x110000;' } } });
  });

  it('a name that every object has is an attribute like any other', () => {
    const answer = parseXml('<a __proto__="x" constructor="y"/>');
    expect(answer.kind === 'element' && Object.entries(answer.element.attributes)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    ['many elements in XML', `<MediaContainer>${'<a/>'.repeat(MAX_ELEMENTS)}</MediaContainer>`],
    ['many elements in JSON', `{"MediaContainer":{"a":[${'{},'.repeat(MAX_ELEMENTS)}{}]}}`],
    ['a deep XML', `<MediaContainer>${'<a>'.repeat(10_000)}`],
    ['a deep JSON', `{"MediaContainer":${'{"a":'.repeat(5_000)}{}${'}'.repeat(5_000)}}`],
  ])('%s are bounded', (_, text) => {
    expect(parsePmsAnswer(text)).toMatchObject({ kind: 'malformed', rule: 'more or deeper elements than are read' });
  });

  it('never throws', () => {
    const pieces = constantFrom(
      '<',
      '>',
      '/',
      '=',
      '"',
      "'",
      '&',
      ';',
      'a',
      ' ',
      '<!--',
      '-->',
      '<?',
      '?>',
      '{',
      '}',
      '"MediaContainer":',
      '[',
      ']',
    );
    assert(
      property(string({ unit: pieces, maxLength: 60 }), (text) => void parsePmsAnswer(text)),
      runs(200),
    );
    assert(property(string({ maxLength: 80 }), (text) => void parsePmsAnswer(text)));
  });

  it('what XML says, JSON says', () => {
    const name = stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
    assert(
      property(tuple(name, string({ maxLength: 20 })), ([key, value]) => {
        const escaped = value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
        const xml = parsePmsAnswer(`<MediaContainer ${key}="${escaped}"/>`);
        expect(xml).toEqual(parsePmsAnswer(JSON.stringify({ MediaContainer: { [key]: value } })));
      }),
    );
  });
});
