import { defineTarget, split } from '../target.ts';
import { portsOf, purposeOf } from '../words.ts';

export default defineTarget({
  id: 'pihole',
  title: 'Pi-hole',
  decidesBy: 'dns',
  comment: '#',
  install: [
    "Pi-hole 6: grep -v '^#' FILE | xargs pihole allow, or subscribe to the file as an allowlist. Pi-hole 5: xargs pihole -w.",
    'The list only undoes blocking by other lists.',
  ],
  limits: [
    'A name server answers questions; it does not stop connections, and knows no ports.',
    'A client that asks another name server, or uses an address, is not filtered.',
  ],
  draw: (list) => {
    const { names, notIn } = split(list.names, ({ kind, host }) => {
      if (kind === 'address') return 'an address is never resolved';
      if (!host.includes('.')) return 'Pi-hole takes only names with a dot';
      return kind === 'wildcard' ? `a pattern: pihole allow-regex '${brackets(host)}'` : null;
    });
    return { lines: names.flatMap((name) => [`# port ${portsOf(name)}: ${purposeOf(name)}`, name.host]), notIn };
  },
});

/** The pattern without a backslash, which comments cannot hold. */
function brackets(host: string): string {
  return `^.+[.]${host.replace(/^\*\./, '').replaceAll('.', '[.]')}$`;
}
