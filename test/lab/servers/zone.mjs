// Prints what other programs need to know about the lab's names: `zone.mjs dnsmasq|tls-names|squid HOSTS`.
import { readHosts } from './hosts.mjs';

const [, , what, file] = process.argv;
const hosts = readHosts(file);

const printers = {
  /** Authoritative answers for the names, NXDOMAIN for the rest; plex.direct is answered by the internet server. */
  dnsmasq: () => [
    'port=53',
    'no-resolv',
    'no-hosts',
    'listen-address=45.76.255.53,2a10:dead:beef:ff::53',
    'bind-interfaces',
    'server=/plex.direct/127.0.0.1#5354',
    'address=/#/',
    ...hosts.flatMap((host) =>
      host.wildcard
        ? [...host.v4, ...host.v6].map((address) => `address=/${host.host}/${address}`)
        : [...host.v4, ...host.v6].map((address) => `host-record=${host.host},${address}`),
    ),
  ],
  /** One certificate each. */
  'tls-names': () => unique(hosts.map((host) => host.host)),
  /** What Squid allows. */
  squid: () => unique(hosts.filter((host) => host.needed).map((host) => `${host.wildcard ? '.' : ''}${host.host}`)),
};

/** @param {string[]} names */
function unique(names) {
  return [...new Set(names)];
}

const print = printers[what];
if (print === undefined) throw new Error(`zone.mjs: one of ${Object.keys(printers).join(', ')}, not ${what}`);
console.log(print().join('\n'));
