import { defineTarget } from '../target.ts';
import { portsOf, purposeOf } from '../words.ts';

export default defineTarget({
  id: 'plain',
  title: 'Names, one a line',
  decidesBy: 'nothing',
  comment: '#',
  install: [
    'For programs of your own, and for reading. --target NAME writes it for a proxy, a firewall or a name server.',
  ],
  limits: ['"*.NAME" means the names below NAME, of any depth, and not NAME itself.'],
  draw: ({ names }) => ({
    lines: names.flatMap((name) => [`# port ${portsOf(name)}: ${purposeOf(name)}`, name.host]),
    notIn: [],
  }),
});
