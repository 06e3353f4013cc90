import { createHash } from 'node:crypto';
import type { Report } from '../../core/model/report.ts';
import { plainText, type Section } from '../blocks/blocks.ts';
import { INSTALLED } from '../blocks/invocation.ts';
import { routeMap } from '../view/traffic/route-map.ts';
import { sectionsOf } from '../view/sections.ts';
import { drawBlock } from './blocks.ts';
import { marked } from './marks.ts';
import { drawRouteMap } from './route-map.ts';
import { CSS } from './style.ts';
import { h, inline, style, words, type Markup } from './syntax.ts';

/**
 * The report as one file for a browser: the answer on top, the picture of PMS's connections, the rest folded. It loads nothing and runs
 * nothing, and its policy forbids both, whatever the input smuggles in.
 */
export function renderHtml(report: Report): string {
  const sections = sectionsOf(report, { all: true, verbose: true, invocation: INSTALLED, medium: 'page' });
  return drawHtml(sections, drawRouteMap(routeMap(report)));
}

/** The figure stands behind the answer, before the first part that is folded. */
export function drawHtml(sections: readonly Section[], figure: Markup | null = null): string {
  const firstFolded = sections.findIndex(({ place }) => place === 'folded');
  const open = firstFolded === -1 ? sections.length : firstFolded;
  const [first, ...others] = sections;
  const title = words([first?.title ?? 'Report', ' · ', first?.aside ?? 'pms-proxy-doctor']);
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      {},
      h('meta', { charset: 'utf-8' }),
      h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('meta', { name: 'referrer', content: 'no-referrer' }),
      h('title', {}, title),
      style(CSS),
    ),
    h(
      'body',
      {},
      h(
        'main',
        {},
        first === undefined ? null : drawSection(first, 'h1'),
        others.slice(0, Math.max(0, open - 1)).map((section) => drawSection(section)),
        figure,
        others.slice(Math.max(0, open - 1)).map((section) => drawSection(section)),
      ),
    ),
  );
  return `<!doctype html>\n${page.markup}\n`;
}

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(CSS).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Longer tables stay folded. */
const ROWS_OPEN = 60;

function drawSection(section: Section, heading: 'h1' | 'h2' = 'h2'): Markup {
  const { title, tone = 'plain', mark, aside, result, gist, place, blocks } = section;
  const drawn = blocks.flatMap(drawBlock);
  const head = title === null ? null : h(heading, { class: tone }, marked(mark), title);
  switch (place) {
    case 'small':
      return h('footer', {}, head, drawn);
    case 'folded': {
      const about = gist ?? plainText(result?.text ?? '');
      const isOpen = blocks.some((block) => block.kind === 'table' && block.table.rows.length <= ROWS_OPEN);
      return h(
        'details',
        { open: isOpen ? '' : null },
        h('summary', {}, head ?? 'More', ' ', about === '' ? null : h('span', { class: 'dim' }, about)),
        drawn,
      );
    }
    case 'open':
      return h(
        title === null ? 'div' : 'section',
        {},
        head,
        result === undefined ? null : h('p', { class: `result ${result.tone ?? 'plain'}` }, inline(result.text)),
        drawn,
        aside === undefined ? null : h('p', { class: 'aside' }, aside),
      );
  }
}
