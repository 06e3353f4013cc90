import { ROUTES } from '../../core/model/outcome.ts';
import { groupBy } from '../../core/values/group.ts';
import { counted, times } from '../blocks/times.ts';
import type { Link, RouteMap } from '../view/traffic/route-map.ts';
import { marked, symbolOf } from './marks.ts';
import { h, type Markup } from './syntax.ts';
import { round } from './waterfall.ts';

/** The picture of PMS's connections: programs on the left, routes in the middle, targets on the right; wide bands are many tries. */
export function drawRouteMap({ links, notes }: RouteMap): Markup {
  return h(
    'section',
    {},
    h('h2', {}, 'How PMS connected'),
    links.length === 0
      ? null
      : h(
          'figure',
          {},
          SIZES.map((size) => drawSize(links, size)),
          h('figcaption', {}, 'Width: number of tries. Broken lines with ✗ came to nothing; ? was not seen to end.'),
        ),
    notes.map((note) => h('p', { class: 'dim' }, `${note.charAt(0).toUpperCase()}${note.slice(1)}.`)),
    links.length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, 'The picture in words'),
          h(
            'ul',
            {},
            links.map((link) => h('li', { class: 'marked' }, marked(link.mark), sentence(link))),
          ),
        ),
  );
}

function sentence({ process, route, target, end, count }: Link): string {
  return `${process} → ${route === 'proxy' ? 'the proxy' : 'direct'} → ${target}: ${end}, ${counted(count, 'try', 'tries')}`;
}

interface Size {
  /** The class that shows it: text in one picture cannot be legible on a phone and on a desk. */
  readonly name: string;
  readonly width: number;
  readonly middle: number;
  readonly font: number;
  /** Characters of a name on the left and on the right. */
  readonly room: readonly [number, number];
}

const SIZES: readonly Size[] = [
  { name: 'narrow', width: 330, middle: 140, font: 11, room: [18, 29] },
  { name: 'wide', width: 760, middle: 340, font: 13, room: [36, 48] },
];

const MIN_THICK = 3;
const MAX_THICK = 20;
const BAR = 6;
const GAP = 14;

interface Node {
  readonly links: readonly Link[];
  /** Top of its bar. */
  readonly y: number;
  readonly height: number;
}

function drawSize(links: readonly Link[], size: Size): Markup {
  const { name, width, middle, font, room } = size;
  const most = Math.max(...links.map(({ count }) => count));
  const thick = (link: Link): number => Math.max(MIN_THICK, (MAX_THICK * link.count) / most);
  // Proxy above, so that bands cross as little as they can.
  const ordered = links.toSorted((a, b) => Number(a.route === 'direct') - Number(b.route === 'direct'));
  const left = stack(
    groupBy(ordered, ({ process }) => process),
    thick,
    font * 1.5,
  );
  const centre = stack(
    groupBy(ordered, ({ route }) => route),
    thick,
    font * 1.5,
  );
  const right = stack(
    groupBy(ordered, ({ target }) => target),
    thick,
    font * 2.7,
  );
  const height = Math.max(left.height, centre.height, right.height);
  const top = (column: Column): number => (height - column.height) / 2;
  const places = [left, centre, right].map((column) => placesIn(column, thick, top(column)));
  const bands = ordered.flatMap((link) => {
    const [from = 0, via = 0, to = 0] = places.map((place) => place.get(link) ?? 0);
    const look = { class: `band ${link.mark}`, 'stroke-width': round(thick(link)) };
    return [
      h('path', { ...look, d: curve(BAR, from, middle, via) }),
      h('path', { ...look, d: curve(middle + BAR, via, width - BAR, to) }),
      link.mark === 'good'
        ? null
        : h(
            'text',
            { class: `end ${link.mark}`, x: width - BAR - font, y: round(to + font * 0.35), 'text-anchor': 'middle' },
            symbolOf(link.mark),
          ),
    ];
  });
  const label = (x: number, y: number, anchor: string, text: string, kind = 'name'): Markup =>
    h('text', { class: kind, x: round(x), y: round(y), 'text-anchor': anchor }, text);
  const names = [
    ...[...left.nodes].flatMap(([process, node]) => [
      bar(0, node, top(left)),
      label(0, top(left) + node.y - 5, 'start', cut(process, room[0])),
    ]),
    ...ROUTES.flatMap((route) => {
      const node = centre.nodes.get(route);
      if (node === undefined) return [];
      return [bar(middle, node, top(centre)), label(middle + BAR / 2, top(centre) + node.y - 5, 'middle', route)];
    }),
    ...[...right.nodes].flatMap(([target, node]) => [
      bar(width - BAR, node, top(right)),
      label(width, top(right) + node.y - 6 - font * 1.15, 'end', cut(target, room[1])),
      label(width, top(right) + node.y - 5, 'end', cut(endsOf(node.links), room[1] + 6), 'detail'),
    ]),
  ];
  return h(
    'svg',
    {
      class: `map ${name}`,
      viewBox: `0 0 ${width} ${round(height)}`,
      role: 'img',
      'aria-labelledby': `map-${name}-title map-${name}-about`,
      'font-size': font,
      // Letters before their rim.
      'paint-order': 'stroke',
    },
    h('title', { id: `map-${name}-title` }, 'How PMS connected'),
    h('desc', { id: `map-${name}-about` }, links.map(sentence).join('; ')),
    bands,
    names,
  );
}

interface Column {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly height: number;
}

function stack(groups: ReadonlyMap<string, readonly Link[]>, thick: (link: Link) => number, label: number): Column {
  const nodes = new Map<string, Node>();
  let y = 0;
  for (const [name, links] of groups) {
    const height = links.reduce((sum, link) => sum + thick(link), 0);
    nodes.set(name, { links, y: y + label, height });
    y += label + height + GAP;
  }
  return { nodes, height: y };
}

/** The middle of each band where it meets the column. */
function placesIn({ nodes }: Column, thick: (link: Link) => number, top: number): ReadonlyMap<Link, number> {
  const places = new Map<Link, number>();
  for (const { links, y } of nodes.values()) {
    let at = top + y;
    for (const link of links) {
      places.set(link, at + thick(link) / 2);
      at += thick(link);
    }
  }
  return places;
}

function curve(x0: number, y0: number, x1: number, y1: number): string {
  const half = round((x0 + x1) / 2);
  return `M${x0} ${round(y0)}C${half} ${round(y0)} ${half} ${round(y1)} ${x1} ${round(y1)}`;
}

function bar(x: number, { y, height }: Node, top: number): Markup {
  return h('rect', { class: 'bar', x: round(x), y: round(top + y), width: BAR, height: round(height) });
}

function endsOf(links: readonly Link[]): string {
  return links.map(({ route, end, count }) => `${route}: ${end}, ${times(count)}`).join('; ');
}

function cut(text: string, room: number): string {
  const characters = Array.from(text);
  return characters.length <= room ? text : `${characters.slice(0, room - 1).join('')}…`;
}
