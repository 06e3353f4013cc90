/** A series with its labels. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SERIES = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:\\[\\"n]|[^\\"])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const LABEL = /([a-z_]+)="((?:\\[\\"n]|[^\\"])*)"(?:,|$)/y;

/**
 * Reads Prometheus' text format strictly, as a textfile collector has to: HELP and TYPE before the series of each metric, metrics in one
 * piece, no series twice, no timestamps, nothing but UTF-8 that can be printed; throws at anything else.
 */
export function parseExposition(document: string): readonly Series[] {
  const lines = document.split('\n');
  if (lines.pop() !== '') throw new Error('no line break at the end');
  const found: Series[] = [];
  const known = new Set<string>();
  const keys = new Set<string>();
  let current = '';
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (/[^\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(line)) throw new Error('not printable');
    const name = /^# HELP ([a-z_]+) \S.*$/.exec(line)?.[1];
    if (name !== undefined) {
      if (known.has(name)) throw new Error(`${name} in two pieces`);
      if (lines.shift() !== `# TYPE ${name} gauge`) throw new Error(`no type of ${name}`);
      known.add(name);
      current = name;
      continue;
    }
    const series = SERIES.exec(line);
    if (series === null || series[1] !== current) throw new Error(`no series of ${current}: ${line}`);
    const labels = labelsOf(series[2] ?? '');
    const key = JSON.stringify([current, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    if (keys.has(key)) throw new Error(`twice: ${line}`);
    keys.add(key);
    found.push({ name: current, labels, value: Number(series[3]) });
  }
  return found;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
  }
  return labels;
}
