/** The text format of Prometheus (exposition format 0.0.4), as node_exporter's textfile collector reads it: without timestamps. */

export interface Metric {
  /** Without the prefix of this tool; the unit stands at the end of the name. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

const PREFIX = 'pms_proxy_doctor_';

/** Metrics without samples are left out: an absent series means "not known", 0 would mean that it is known to be none. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(drawMetric)
    .join('');
}

function drawMetric({ name, help, samples }: Metric): string {
  // One series twice is an error for the reader; the worse of both stays.
  const series = new Map<string, number>();
  for (const { labels, value } of samples) {
    const key = drawLabels(labels);
    series.set(key, Math.max(value, series.get(key) ?? value));
  }
  return [
    `# HELP ${PREFIX}${name} ${help.replaceAll('\\', String.raw`\\`)}`,
    `# TYPE ${PREFIX}${name} gauge`,
    ...[...series].map(([labels, value]) => `${PREFIX}${name}${labels} ${value}`),
    '',
  ].join('\n');
}

function drawLabels(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const UNWRITABLE = /[^\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Readonly<Record<string, string>> = { '\\': String.raw`\\`, '"': String.raw`\"` };

/** A label is one line of UTF-8. */
function escape(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(UNWRITABLE, '\uFFFD')
    .replace(/[\\"]/g, (character) => ESCAPES[character] ?? character);
}
