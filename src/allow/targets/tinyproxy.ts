import type { AllowedName } from '../model.ts';
import { connected, defineTarget } from '../target.ts';
import { purposeOf, regexOf } from '../words.ts';

export default defineTarget({
  id: 'tinyproxy',
  title: 'tinyproxy',
  decidesBy: 'name',
  comment: '#',
  install: [
    'Save it as /etc/tinyproxy/plex-allow, and write into tinyproxy.conf: Filter "/etc/tinyproxy/plex-allow", FilterType ere, FilterDefaultDeny Yes, FilterURLs Off (each on its own line).',
    'Before tinyproxy 1.11.2 "FilterExtended On" takes the place of "FilterType ere". Then restart tinyproxy.',
  ],
  limits: [
    'The filter is for every client, and knows no ports: ConnectPort lines in tinyproxy.conf limit those of tunnels.',
    'A tunnel is judged by the name in its CONNECT request; the name in the TLS handshake inside may be another one.',
  ],
  draw: (list) => {
    const { names, notIn } = connected(list);
    return { lines: names.flatMap((name) => [`# ${purposeOf(name)}`, pattern(name)]), notIn };
  },
});

function pattern({ host }: AllowedName): string {
  return host.includes(':') ? String.raw`^\[?${host}\]?$` : regexOf(host);
}
