import type { AllowedName, AllowList, Service } from '../model.ts';
import { byService, connected, defineTarget, type Drawn, type TargetOptions } from '../target.ts';
import { purposeOf, regexOf, serviceId } from '../words.ts';

export default defineTarget({
  id: 'squid',
  title: 'Squid',
  decidesBy: 'name',
  comment: '#',
  install: [
    'Save it as /etc/squid/plex-allow.conf, and write "include /etc/squid/plex-allow.conf" into squid.conf above its first http_access line.',
    'Check with "squid -k parse", then "squid -k reconfigure". The rules below only allow: your last rule has to be "http_access deny all".',
  ],
  limits: [
    'A tunnel is judged by the name in its CONNECT request; the name in the TLS handshake inside may be another one, unless --sni was given.',
    'Paths are not seen: a name is allowed with everything on it.',
  ],
  draw,
});

function draw(list: AllowList, { sni }: TargetOptions): Drawn {
  const { names, notIn } = connected(list);
  const groups = byService(names);
  return {
    lines: [
      ...clients(list.clients),
      'acl plex_connect method CONNECT',
      ...groups.flatMap(({ service, names: ofService }) => ['', ...rules(service, ofService)]),
      ...(sni ? ['', ...spliced(groups.filter(({ service }) => service.scheme === 'https'))] : []),
    ],
    notIn,
  };
}

/** Every rule names it, so that narrowing it to the PMS host narrows all. */
const CLIENTS = 'plex_clients';

function clients(addresses: readonly string[]): readonly string[] {
  return addresses.length > 0
    ? [`acl ${CLIENTS} src ${addresses.join(' ')}`]
    : [`# Every client of this proxy; --client ADDRESS narrows it to the PMS host.`, `acl ${CLIENTS} src all`];
}

function rules(service: Service, names: readonly AllowedName[]): readonly string[] {
  const id = `plex_${serviceId(service)}`;
  const [exact, below] = parts(names);
  const request = service.scheme === 'https' ? 'plex_connect' : '!plex_connect';
  return [
    `acl ${id}_port port ${service.port}`,
    // -n: an address in a request is never looked up: its owner could give it the name of an allowed host.
    ...exact.flatMap((name) => [`# ${purposeOf(name)}`, `acl ${id} dstdomain -n ${name.host}`]),
    ...below.flatMap((name) => [`# ${purposeOf(name)}`, `acl ${id}_below dstdom_regex -n -i ${pattern(name)}`]),
    ...[...(exact.length > 0 ? [id] : []), ...(below.length > 0 ? [`${id}_below`] : [])].map(
      (acl) => `http_access allow ${CLIENTS} ${request} ${id}_port ${acl}`,
    ),
  ];
}

/** A domain with a dot in front would allow the domain itself as well, and its names twice are an error of Squid: patterns stay apart. */
function parts(names: readonly AllowedName[]): readonly [exact: readonly AllowedName[], below: readonly AllowedName[]] {
  const isPattern = ({ kind, host }: AllowedName): boolean => kind === 'wildcard' || host.includes(':');
  return [names.filter((name) => !isPattern(name)), names.filter(isPattern)];
}

function pattern({ kind, host }: AllowedName): string {
  return kind === 'address' ? String.raw`^\[?${host}\]?$` : regexOf(host);
}

function spliced(
  groups: readonly { readonly service: Service; readonly names: readonly AllowedName[] }[],
): readonly string[] {
  return [
    '# TLS: the server name is read, then the connection is passed on as it is or ended. Nothing is decrypted.',
    '# The port needs ssl-bump and a certificate, which is never shown to anyone:',
    '#   openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=unused -keyout /etc/squid/unused.pem -out /etc/squid/unused.crt',
    '#   http_port 3128 ssl-bump generate-host-certificates=off tls-cert=/etc/squid/unused.crt tls-key=/etc/squid/unused.pem',
    'acl plex_step1 at_step SslBump1',
    ...groups.flatMap(({ service, names }) => {
      const id = `plex_${serviceId(service)}`;
      const [exact, below] = parts(names.filter(({ kind }) => kind !== 'address'));
      return [
        ...exact.map(({ host }) => `acl ${id}_sni ssl::server_name --client-requested ${host}`),
        ...below.map((name) => `acl ${id}_sni_below ssl::server_name_regex --client-requested ${pattern(name)}`),
      ];
    }),
    `ssl_bump peek ${CLIENTS} plex_step1`,
    ...groups.flatMap(({ service, names }) => {
      const id = `plex_${serviceId(service)}`;
      const [exact, below] = parts(names.filter(({ kind }) => kind !== 'address'));
      return [
        ...(exact.length > 0 ? [`ssl_bump splice ${CLIENTS} ${id}_port ${id}_sni`] : []),
        ...(below.length > 0 ? [`ssl_bump splice ${CLIENTS} ${id}_port ${id}_sni_below`] : []),
      ];
    }),
    `ssl_bump terminate ${CLIENTS}`,
    'ssl_bump splice all',
  ];
}
