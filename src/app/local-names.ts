import { readFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import type { LocalNames } from '../sanitize/seeds-of-evidence.ts';
import type { Terminal } from './terminal.ts';

/** The lowest uid of people on Linux (login.defs, UID_MIN); below are services. */
const FIRST_PERSON_UID = 1_000;
const NOBODY_UID = 65_534;

/** The names of this machine and its users, so that the sanitizer finds them wherever they appear. */
export function localNames(environment: Terminal['environment']): LocalNames {
  const people = contentOf('/etc/passwd')
    .split('\n')
    .flatMap((line) => {
      const [name = '', , uid = '', , , home = ''] = line.split(':');
      return Number(uid) >= FIRST_PERSON_UID && Number(uid) < NOBODY_UID ? [{ name, home }] : [];
    });
  const self = whoAmI();
  const ours = [environment['SUDO_USER'], environment['USER'], environment['LOGNAME']];
  return {
    hostnames: [hostname(), contentOf('/etc/hostname').trim()],
    users: [self, ...ours, ...people.map(({ name }) => name)]
      .filter((name) => name !== undefined)
      .filter((name) => name !== 'root' && name !== ''),
    homeDirectories: [homedir(), ...people.map(({ home }) => home)],
    searchDomains: [...contentOf('/etc/resolv.conf').matchAll(/^\s*(?:search|domain)\s+(.+)$/gm)].flatMap((m) =>
      (m[1] ?? '').trim().split(/\s+/),
    ),
  };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function whoAmI(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in passwd, as in many containers.
    return undefined;
  }
}
