import { createHash } from 'node:crypto';
import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { INSTALLED } from '../../../src/report/blocks/invocation.ts';
import { drawHtml, renderHtml } from '../../../src/report/html/report.ts';
import { CSS } from '../../../src/report/html/style.ts';
import { sectionsOf } from '../../../src/report/view/sections.ts';
import { REPORTS } from '../../support/fixtures/report.ts';
import { HOSTILE, hostileReport, VAST, vastReport } from '../../support/formats/hostile.ts';
import { parseXml, type Element } from '../../support/formats/xml.ts';
import { anyCharacter } from '../../support/fuzz.ts';

/** The page is well-formed XML too, so that nothing depends on how a browser repairs faults. */
function parsed(page: string): Element {
  const doctype = '<!doctype html>\n';
  expect(page.startsWith(doctype)).toBe(true);
  return parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${page.slice(doctype.length).trimEnd()}\n`);
}

function everyElement(root: Element): readonly Element[] {
  const found: Element[] = [];
  const add = (element: Element): void => {
    found.push(element);
    for (const child of element.children) add(child);
  };
  add(root);
  return found;
}

function all(root: Element, name: string): readonly Element[] {
  return everyElement(root).filter((element) => element.name === name);
}

const ELEMENTS = new Set(
  [
    'html head meta title style body main section div footer details summary figure figcaption h1 h2 p span code pre',
    'ul ol li dl dt dd table thead tbody tr th td svg g rect path text desc',
  ].flatMap((names) => names.split(' ')),
);
const ATTRIBUTES = new Set(
  [
    'lang charset http-equiv content name class role aria-label aria-labelledby aria-hidden id open scope data-title',
    'viewBox x y d width height stroke-width text-anchor font-size paint-order',
  ].flatMap((names) => names.split(' ')),
);

function foreign(root: Element): readonly string[] {
  return everyElement(root).flatMap(({ name, attributes }) => [
    ...(ELEMENTS.has(name) ? [] : [name]),
    ...[...attributes.keys()].filter((attribute) => !ATTRIBUTES.has(attribute)),
  ]);
}

describe.each<[string, Report]>(Object.entries(REPORTS))('HTML of %s', (_, report) => {
  const page = renderHtml(report);
  const root = parsed(page);

  it('loads nothing, runs nothing, and forbids both', () => {
    expect(foreign(root)).toEqual([]);
    const policy = all(root, 'meta')
      .find(({ attributes }) => attributes.has('http-equiv'))
      ?.attributes.get('content');
    const hash = createHash('sha256')
      .update(all(root, 'style')[0]?.text ?? '')
      .digest('base64');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`'sha256-${hash}'`);
    expect(policy).not.toMatch(/unsafe|script-src|https?:/);
  });

  it('has each section in its order', () => {
    const sections = sectionsOf(report, { all: true, verbose: true, invocation: INSTALLED, medium: 'page' });
    const titles = sections.flatMap(({ title }) => title ?? []);
    const headings = everyElement(root).flatMap(({ name, text }) => (/^h[12]$/.test(name) ? [text.trim()] : []));
    expect(headings.filter((heading) => heading !== 'How PMS connected')).toEqual(titles);
    expect(all(root, 'h1')).toHaveLength(1);
    const cells = sections
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'table' ? block.table.rows.flatMap((row) => row.cells) : []));
    expect(
      all(root, 'tbody')
        .flatMap((body) => body.children)
        .flatMap((row) => row.children),
    ).toHaveLength(cells.length);
    expect(all(root, 'svg').filter(({ attributes }) => attributes.get('class') === 'waterfall')).toHaveLength(
      cells.filter(({ waterfall = [] }) => waterfall.length > 0).length,
    );
  });

  it('gives every picture and every mark words', () => {
    const ids = everyElement(root).flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes, children } of all(root, 'svg')) {
      if (attributes.get('aria-hidden') === 'true') continue;
      expect(attributes.get('role')).toBe('img');
      expect(children[0]?.name).toBe('title');
      expect(children[0]?.text).not.toBe('');
      const named = (attributes.get('aria-labelledby') ?? '').split(' ').filter((id) => id !== '');
      expect(named.filter((id) => !ids.includes(id))).toEqual([]);
    }
    const marks = all(root, 'span').filter(({ attributes }) => attributes.get('class')?.startsWith('mark '));
    expect(marks.filter(({ attributes, text }) => !attributes.has('aria-label') || text === '')).toEqual([]);
  });

  it('draws every bar inside its picture', () => {
    for (const picture of all(root, 'svg')) {
      const [, , width = 0, height = 0] = (picture.attributes.get('viewBox') ?? '').split(' ').map(Number);
      const boxes = all(picture, 'rect').map(({ attributes }) =>
        ['x', 'y', 'width', 'height'].map((name) => Number(attributes.get(name) ?? Number.NaN)),
      );
      for (const [x = -1, y = -1, w = -1, h = -1] of boxes) {
        expect(Math.min(x, y, w, h)).toBeGreaterThanOrEqual(0);
        expect(x + w).toBeLessThanOrEqual(width + 0.2);
        expect(y + h).toBeLessThanOrEqual(height + 0.2);
      }
    }
  });
});

describe('hostile words', () => {
  it.each([...HOSTILE, '</script><script>alert(1)</script>', '"><img src=x onerror=y>', "'--></style>"])(
    '%j stay words',
    (words) => {
      const root = parsed(renderHtml(hostileReport(words)));
      expect(foreign(root)).toEqual([]);
      expect(all(root, 'script').length + all(root, 'img').length).toBe(0);
    },
  );

  it('any words are text, and nothing but text', () => {
    assert(
      property(string({ unit: anyCharacter }), (words) => {
        const page = drawHtml([
          { title: words, place: 'open', blocks: [{ kind: 'steps', steps: [{ text: words, commands: [words] }] }] },
        ]);
        const root = parsed(page);
        expect(foreign(root)).toEqual([]);
        const [code] = all(root, 'pre').flatMap(({ children }) => children);
        const kept = words.replace(/[^\p{L}\p{N}\p{P}\p{Sm}]/gu, '');
        expect((code?.text ?? '').replace(/[^\p{L}\p{N}\p{P}\p{Sm}]/gu, '')).toBe(kept);
      }),
    );
  });
});

it('a vast report has a row for each endpoint, folded', () => {
  const page = renderHtml(vastReport());
  expect(page).not.toMatch(/<details[^>]* open/);
  expect(page.match(/<tr>/g)?.length).toBeGreaterThanOrEqual(VAST);
});

describe('colours', () => {
  const schemes = [...CSS.matchAll(/:root \{([^}]*)\}/g)].map(([, body = '']) =>
    Object.fromEntries([...body.matchAll(/--(\w+): (#[\da-f]+)/g)].map(([, name = '', colour = '']) => [name, colour])),
  );
  const [light = {}, dark = {}] = schemes;

  it.each([
    ['light', light],
    ['dark', dark],
  ])('%s: text stands out from its ground, and so do bars', (_, { back = '', code = '', ...colours }) => {
    for (const name of ['text', 'dim', 'good', 'bad', 'warn'])
      expect([name, contrast(colours[name] ?? '', back) >= 4.5]).toEqual([name, true]);
    expect(contrast(colours['text'] ?? '', code)).toBeGreaterThanOrEqual(4.5);
    for (const name of ['dns', 'tcp', 'tunnel', 'tls', 'http'])
      expect([name, contrast(colours[name] ?? '', back) >= 3]).toEqual([name, true]);
  });
});

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.slice(1).replace(/./g, '$&$&') : colour.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
