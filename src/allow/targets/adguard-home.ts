import { defineTarget, split } from '../target.ts';
import { portsOf, purposeOf } from '../words.ts';

export default defineTarget({
  id: 'adguard-home',
  title: 'AdGuard Home',
  decidesBy: 'dns',
  comment: '!',
  install: [
    'Paste it at Filters > Custom filtering rules. The rules only undo blocking by other rules.',
    'To refuse every other name to the PMS host, add: /.*/$client=ADDRESS',
  ],
  limits: [
    'A name server answers questions; it does not stop connections, and knows no ports.',
    'A client that asks another name server, or uses an address, is not filtered.',
  ],
  draw: (list) => {
    const { names, notIn } = split(list.names, ({ kind }) =>
      kind === 'address' ? 'an address is never resolved' : null,
    );
    return {
      // `|` and `^` stand for the beginning and the end of the name.
      lines: names.flatMap((name) => [`! port ${portsOf(name)}: ${purposeOf(name)}`, `@@|${name.host}^`]),
      notIn,
    };
  },
});
