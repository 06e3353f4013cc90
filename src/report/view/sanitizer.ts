import type { Report } from '../../core/model/report.ts';

const REMOVED_WORDS: Readonly<Record<string, string>> = {
  'lan-ip': 'LAN addresses',
  'public-ip': 'public addresses',
  'lan-net': 'LAN networks',
  'public-net': 'public networks',
  domain: 'domains',
  host: 'host names',
  proxy: 'proxy names',
  user: 'user names',
  mail: 'mail addresses',
  mac: 'MAC addresses',
  'machine-id': 'machine ids',
  server: 'server ids',
  uuid: 'UUIDs',
  ca: 'certificate names',
  token: 'tokens',
  credentials: 'credentials',
  cookie: 'cookies',
  file: 'file names',
  folder: 'folder names',
  program: 'program names',
  unit: 'unit names',
  container: 'container names',
};

/** One sentence about what the sanitizer did, or that it did not run. */
export function sanitizerWords(report: Report): string {
  if (!report.run.sanitized) return 'Not sanitized (--raw): names and addresses of your network are in this report.';
  const removed = Object.entries(report.sanitizer.removed).filter(([, count]) => count > 0);
  if (removed.length === 0) return 'Sanitized: nothing private was found.';
  const total = removed.reduce((sum, [, count]) => sum + count, 0);
  const kinds = removed.map(([kind, count]) => `${REMOVED_WORDS[kind] ?? kind} ${count}`).join(', ');
  return `Sanitized: replaced ${total} time${total === 1 ? '' : 's'} (${kinds}); --raw keeps them.`;
}
