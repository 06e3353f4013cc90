import { existsSync, mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LAN } from './network.ts';
import { runStep, StepFailed } from '../system/step.ts';

/**
 * A temporary file system of the demo's own covers /run: nothing is written to the machine's disk, and services that talk over
 * sockets there (systemd, resolvers, container engines) are out of sight.
 */
const FOLDER = '/run/pms-proxy-doctor-demo';

/** Files of the demo that both sides of the sealed network see. */
export const FILES = {
  /** The demo's own root, for `--ca`. */
  root: `${FOLDER}/ca.pem`,
  /** The proxy's log, for `--access-log`. */
  accessLog: `${FOLDER}/access.log`,
  /** The programs and data of the stand-in for PMS. */
  pms: `${FOLDER}/pms`,
  temporary: `${FOLDER}/tmp`,
  evidence: `${FOLDER}/evidence.json`,
} as const;

/** Names are resolved by the demo's DNS only: own resolv.conf, hosts and nsswitch.conf, in the private mount namespace. */
export async function sealFiles(): Promise<void> {
  const resolvConf = existsSync('/etc/resolv.conf') ? realpathSync('/etc/resolv.conf') : null;
  const links = linksIn('/run');
  await runStep('a temporary file system on /run', 'mount', [
    '-t',
    'tmpfs',
    '-o',
    'mode=0755,size=16m',
    'tmpfs',
    '/run',
  ]);
  for (const [link, target] of links) symlinkSync(target, link);
  mkdirSync(FILES.temporary, { recursive: true });
  writeFileSync(FILES.accessLog, '');
  if (resolvConf === null) throw new StepFailed('name resolution', 'there is no /etc/resolv.conf to put ours over');
  await cover(resolvConf, `nameserver ${LAN.outside}\noptions timeout:1 attempts:1\n`);
  await cover('/etc/hosts', `127.0.0.1 localhost\n::1 localhost\n${LAN.pms} pms.${LAN.domain}\n`);
  await cover('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
}

/** NixOS finds its programs through /run/current-system, a link. */
function linksIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map(({ name }) => [`${folder}/${name}`, readlinkSync(`${folder}/${name}`)]);
}

let covered = 0;

/** Puts a file of our own over `path`, for the processes of this mount namespace only. */
async function cover(path: string, content: string): Promise<void> {
  if (path.startsWith('/run/')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return;
  }
  if (!existsSync(path)) return;
  covered += 1;
  const own = `${FOLDER}/cover-${covered}`;
  writeFileSync(own, content);
  await runStep(`a ${path} of the demo's own`, 'mount', ['--bind', own, realpathSync(path)]);
}
