import { connected, defineTarget, split } from '../target.ts';
import { purposeOf } from '../words.ts';

export default defineTarget({
  id: 'smokescreen',
  title: 'Smokescreen',
  decidesBy: 'name',
  comment: '#',
  install: [
    'Start it with "smokescreen --egress-acl-file FILE". The rule is for the client whose certificate has the common name plex-media-server; every other client is refused.',
    'Where clients have no certificates, move allowed_domains to the rule "default".',
  ],
  limits: [
    'It knows no ports: an allowed name is allowed on each of them.',
    'A tunnel is judged by the name in its CONNECT request; the name in the TLS handshake inside may be another one.',
  ],
  draw: (list) => {
    const { names: all, notIn } = connected(list);
    // One name that it refuses makes it refuse the whole file.
    const { names, notIn: refused } = split(all, ({ host }) =>
      host.split('.').some((label) => /^(?!xn).{2}--/.test(label))
        ? 'Smokescreen takes no name with two hyphens in the third and fourth place'
        : null,
    );
    return {
      lines: [
        'version: v1',
        'services:',
        '  - name: plex-media-server',
        '    project: plex',
        '    action: enforce',
        names.length === 0 ? '    allowed_domains: []' : '    allowed_domains:',
        ...names.flatMap((name) => [`      # ${purposeOf(name)}`, `      - '${name.host}'`]),
        'default:',
        '  project: other',
        '  action: enforce',
        '  allowed_domains: []',
      ],
      notIn: [...notIn, ...refused],
    };
  },
});
