import type { Bar } from '../blocks/blocks.ts';
import { STAGES } from '../../core/model/outcome.ts';
import { duration } from '../blocks/times.ts';
import { h, type Markup } from './syntax.ts';

/** The stages of an attempt as a row of bars; all of a table have one scale. */

const WIDTH = 120;
const HEIGHT = 10;
/** A stage that took almost no time is still seen. */
const MIN_WIDTH = 1.5;

export function drawWaterfall(bars: readonly Bar[], scaleMs: number): Markup | null {
  if (bars.length === 0) return null;
  const scale = scaleMs > 0 ? (WIDTH - bars.length * MIN_WIDTH) / scaleMs : 0;
  const shapes: Markup[] = [];
  let at = 0;
  for (const { stage, ms, ok } of bars) {
    const width = MIN_WIDTH + Math.max(0, ms) * scale;
    shapes.push(shapeOf(ok ? stage : 'failed', at, width));
    at += width;
  }
  const words = bars.map(({ stage, ms, ok }) => `${stage} ${ok ? '' : 'failed after '}${duration(ms)}`).join(', ');
  return h(
    'svg',
    { class: 'waterfall', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': words },
    h('title', {}, words),
    shapes,
  );
}

/** A failed stage is an empty box with a cross at its end, so that colour is not needed to tell it. */
function shapeOf(kind: Bar['stage'] | 'failed', x: number, width: number): Markup {
  const box = { class: kind, x: round(x), width: round(Math.max(1, width - 0.5)) };
  if (kind !== 'failed') return h('rect', { ...box, y: 1, height: HEIGHT - 2 });
  const end = x + width - 0.5;
  const cross = `M${round(end - 6)} 2.5l5 5m0-5l-5 5`;
  return h(
    'g',
    { class: kind },
    h('rect', { x: box.x, width: box.width, y: 1, height: HEIGHT - 2 }),
    width > 8 ? h('path', { d: cross }) : null,
  );
}

export function legend(scaleMs: number): Markup {
  const swatch = (kind: Bar['stage'] | 'failed'): Markup =>
    h('svg', { class: 'swatch', viewBox: '0 0 12 10', 'aria-hidden': 'true' }, shapeOf(kind, 0, 12));
  return h(
    'p',
    { class: 'legend' },
    'Stages: ',
    [...STAGES, 'failed' as const].map((kind) => h('span', {}, swatch(kind), ` ${kind}`)),
    ` · full width: ${duration(scaleMs)}`,
  );
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
