import type { AllowList } from '../model.ts';
import { defineTarget, serverNamed, type Drawn } from '../target.ts';
import { portsOf, purposeOf, regexOf } from '../words.ts';

export default defineTarget({
  id: 'haproxy',
  title: 'HAProxy, server names of TLS',
  decidesBy: 'name',
  comment: '#',
  install: [
    'Save it as /etc/haproxy/plex-allow.lst. In a frontend of mode tcp, to which connections of the PMS host are redirected:',
    'tcp-request inspect-delay 5s',
    'acl plex req.ssl_sni,lower -m reg -f /etc/haproxy/plex-allow.lst',
    'tcp-request content accept if plex',
    'tcp-request content reject if { req.ssl_hello_type 1 } !plex',
    'tcp-request content reject if WAIT_END',
    'Check with "haproxy -c -f /etc/haproxy/haproxy.cfg".',
  ],
  limits: [
    "HAProxy is no forward proxy: the server name is the client's word, so the backend has to resolve that name itself (do-resolve), or the address has to be checked.",
    'The port is that of the frontend. An encrypted server name (ECH) shows its public name only.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = serverNamed(list);
  return {
    lines: names.flatMap((name) => [
      `# port ${portsOf({ ...name, isResolved: false })}: ${purposeOf(name)}`,
      regexOf(name.host),
    ]),
    notIn,
  };
}
