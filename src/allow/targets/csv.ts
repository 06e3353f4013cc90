import { csvRow } from '../../core/values/csv.ts';
import type { AllowedName } from '../model.ts';
import { defineTarget } from '../target.ts';

const COLUMNS: readonly (readonly [string, (name: AllowedName) => string])[] = [
  ['host', (name) => name.host],
  ['kind', (name) => name.kind],
  ['tls', (name) => ports(name, 'https')],
  ['http', (name) => ports(name, 'http')],
  ['resolved', (name) => String(name.isResolved)],
  ['purpose', (name) => name.purpose],
  ['need', (name) => name.need],
  ['breaks', (name) => name.breaks],
  ['mark', (name) => name.mark],
  ['custom', (name) => String(name.isOwn)],
];

export default defineTarget({
  id: 'csv',
  title: 'CSV',
  decidesBy: 'nothing',
  comment: null,
  install: [],
  limits: [],
  draw: ({ names }) => ({
    // RFC 4180 ends lines with CRLF; the last line feed comes with the file.
    lines: [COLUMNS.map(([title]) => title), ...names.map((name) => COLUMNS.map(([, of]) => of(name)))].map(
      (row) => `${csvRow(row)}\r`,
    ),
    notIn: [],
  }),
});

function ports({ services }: AllowedName, scheme: 'https' | 'http'): string {
  return services
    .filter((service) => service.scheme === scheme)
    .map(({ port }) => port)
    .join(' ');
}
