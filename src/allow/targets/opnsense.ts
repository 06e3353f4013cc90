import { byService, defineTarget, split, wholeNamed } from '../target.ts';
import { serviceId } from '../words.ts';

export default defineTarget({
  id: 'opnsense',
  title: 'OPNsense, file for Firewall > Aliases > Upload',
  decidesBy: 'address',
  comment: null,
  install: [],
  limits: [
    'Upload it at Firewall > Aliases (arrow at the bottom). It makes one alias of hosts for each port, named after it; an alias of the same name is replaced.',
    'OPNsense resolves the names every few minutes and filters by address: every other site on an allowed address is allowed as well.',
  ],
  draw: (list) => {
    const { names: all, notIn } = wholeNamed(list);
    // One entry that it refuses makes it refuse the whole file.
    const { names, notIn: refused } = split(all, ({ host }) =>
      host.includes('_') ? 'OPNsense takes no underscore in a name' : null,
    );
    const aliases = byService(names).map(({ service, names: ofService }, index) => [
      uuid(index),
      {
        enabled: '1',
        name: `plex_${serviceId(service)}`,
        type: 'host',
        proto: '',
        interface: '',
        counters: '0',
        updatefreq: '',
        content: ofService.map(({ host }) => host).join('\n'),
        categories: '',
        description: `Plex Media Server, port ${service.port}: ${ofService.length} names`,
      },
    ]);
    return {
      lines: [JSON.stringify({ aliases: { alias: Object.fromEntries(aliases) } }, null, 2)],
      notIn: [...notIn, ...refused],
    };
  },
});

/** Only a key of the file: OPNsense gives its own. */
function uuid(index: number): string {
  return `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
}
