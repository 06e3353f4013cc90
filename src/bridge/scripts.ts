import type { BridgedHost } from './hosts-file.ts';
import { BEGIN, CREDENTIALS_NAME, END, ETC } from './names.ts';
import type { PlannedFile } from './model.ts';

/** Everything that the scripts of an engine differ in. */
export interface Setup {
  readonly programs: readonly string[];
  /** Files that are installed into `folder`. */
  readonly units: readonly string[];
  readonly folder: string;
  readonly mode: string;
  readonly hosts: readonly BridgedHost[];
  readonly hasCredentials: boolean;
  readonly start: readonly string[];
  readonly stop: readonly string[];
  /** After the files are removed. */
  readonly after: readonly string[];
}

/**
 * Both scripts can be run any number of times. The lines in /etc/hosts come last and go first, so that a name never leads to nothing. DESTDIR
 * is another root: files only, nothing is started there.
 */
const HEAD = `#!/bin/sh
# Written by pms-proxy-doctor bridge plan. Read README.md first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=\${DESTDIR:-}
hosts=$root/etc/hosts
say() { printf 'pms-bridge: %s\\n' "$*" >&2; }
die() { say "$*"; exit 1; }
[ -n "$root" ] || [ "$(id -u)" = 0 ] || die 'run this as root (sudo)'
[ -f "$hosts" ] || die "$hosts is missing"

# $1: a file. Replaces the content of /etc/hosts and keeps its owner, mode and labels; it may be a mount.
put_hosts() {
  cmp -s "$1" "$hosts" || cat "$1" >"$hosts"
  rm -f "$1"
}

# /etc/hosts without the lines of a bridge, byte for byte as it was.
without() { sed '/^${BEGIN}$/,/^${END}$/d' "$hosts"; }
`;

/** The new hosts file is written whole beside the old one before that is touched; the X are the template of mktemp(1). */
export function installScript(setup: Setup): PlannedFile {
  const { programs, units, folder, mode, hosts, hasCredentials, start } = setup;
  const text = `${HEAD}
for program in ${programs.join(' ')}; do
  command -v "$program" >/dev/null 2>&1 || [ -n "$root" ] || die "$program is not installed"
done

new=$(mktemp "$root/etc/.hosts.pms-bridge.XXXXXX")
trap 'rm -f "$new"' EXIT
for name in ${hosts.map(({ host }) => host).join(' ')}; do
  if without | sed 's/#.*//' | awk -v name="$name" '{ for (i = 2; i <= NF; i++) if (tolower($i) == name) found = 1 } END { exit !found }'; then
    die "/etc/hosts already has a line for $name: remove it first"
  fi
done

for unit in "$root${folder}"/pms-bridge*; do
  case " ${units.join(' ')} " in
    *" \${unit##*/} "*) ;;
    *) [ ! -e "$unit" ] || die "$unit is of another plan: run the undo.sh of that one first" ;;
  esac
done

mkdir -p "$root${folder}"
${units.map((unit) => `install -m ${mode} "$here/${unit}" "$root${folder}/${unit}"`).join('\n')}
${hasCredentials ? `install -d -m 0700 "$root${ETC}"\ninstall -m 0600 "$here/${CREDENTIALS_NAME}" "$root${ETC}/${CREDENTIALS_NAME}"\n` : ''}
if [ -z "$root" ]; then
${indented(start)}
fi

# sed keeps a last line without its end as it is.
{ printf '%s\\n' '${BEGIN}'; cat "$here/hosts.lines"; printf '%s\\n' '${END}'; without; } >"$new"
put_hosts "$new"
say 'installed; undo.sh takes it away'

if [ -z "$root" ] && [ -f "$here/before.json" ] && command -v pms-proxy-doctor >/dev/null 2>&1 && [ -t 0 ]; then
  pms-proxy-doctor reproduce --after "$here/before.json" || true
else
  say 'then check: sudo pms-proxy-doctor reproduce'
fi
`;
  return { name: 'install.sh', text, mode: 0o755 };
}

export function undoScript({ units, folder, hasCredentials, stop, after }: Setup): PlannedFile {
  const text = `${HEAD}
new=$(mktemp "$root/etc/.hosts.pms-bridge.XXXXXX")
trap 'rm -f "$new"' EXIT
without >"$new"
put_hosts "$new"

if [ -z "$root" ]; then
${indented(stop.map((command) => `${command} 2>/dev/null || true`))}
fi
${units.map((unit) => `rm -f "$root${folder}/${unit}"`).join('\n')}
${hasCredentials ? `rm -f "$root${ETC}/${CREDENTIALS_NAME}"\nrmdir "$root${ETC}" 2>/dev/null || true\n` : ''}
if [ -z "$root" ]; then
${indented(after.length === 0 ? [':'] : after)}
fi
say 'removed; a program of PMS that is running may remember an address for a minute'
`;
  return { name: 'undo.sh', text, mode: 0o755 };
}

function indented(commands: readonly string[]): string {
  return commands.map((command) => `  ${command}`).join('\n');
}
