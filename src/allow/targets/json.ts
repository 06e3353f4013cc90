import { defineTarget } from '../target.ts';

export default defineTarget({
  id: 'json',
  title: 'JSON',
  decidesBy: 'nothing',
  comment: null,
  install: [],
  limits: [],
  draw: ({ asked, basis, names, leftOut }) => ({
    lines: [
      JSON.stringify(
        {
          schemaVersion: 1,
          for: asked,
          basis,
          names: names.map(({ isOwn, seen: _seen, ...name }) => ({ ...name, custom: isOwn })),
          leftOut: leftOut.map(({ host, why }) => ({ host, why })),
        },
        null,
        2,
      ),
    ],
    notIn: [],
  }),
});
