import { readFileSync } from 'node:fs';

/**
 * The names of the lab's internet, from hosts.json or the output of `pms-proxy-doctor endpoints --format json`.
 * A wildcard stands for every name below it. plex.tv has three addresses of each family, as in the real world.
 *
 * @typedef {{ host: string, wildcard: boolean, status: number, needed: boolean, v4: string[], v6: string[] }} LabHost
 * @param {string} file
 * @returns {LabHost[]}
 */
export function readHosts(file) {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  const rows = Array.isArray(document) ? document : document.endpoints;
  const probed = rows.filter(
    (row) => row.kind === undefined || (row.kind !== 'udp' && row.kind !== 'dns' && row.probeHost !== null),
  );
  const byName = new Map(probed.map((row) => [row.host, row]));
  return [...byName.values()].map(labHost);
}

function labHost(row, index) {
  const wildcard = row.host.startsWith('*.');
  const families = row.families ?? familiesOf(row.host);
  const numbers = row.host === 'plex.tv' ? [index, index + 256, index + 512] : [index];
  return {
    host: wildcard ? row.host.slice(2) : row.host,
    wildcard,
    status: row.status ?? row.accepts?.[0] ?? 200,
    needed: row.notNeeded !== true,
    v4: families.includes(4) ? numbers.map((n) => `45.76.${1 + (n >> 8)}.${1 + (n & 255)}`) : [],
    v6: families.includes(6) ? numbers.map((n) => `2a10:dead:beef::${(n + 1).toString(16)}`) : [],
  };
}

function familiesOf(host) {
  if (host === 'v4.plex.tv') return [4];
  return host === 'v6.plex.tv' ? [6] : [4, 6];
}

/** @param {LabHost} host @param {string} name */
export function answersFor(host, name) {
  return host.wildcard ? name.endsWith(`.${host.host}`) : name === host.host;
}
