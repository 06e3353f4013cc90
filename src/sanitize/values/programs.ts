import { isCommonWord } from './names.ts';

/** Programs of Plex (and what follows the name in that of a log), and identifiers of its plug-ins. */
const PLEX_PROGRAM =
  /^(?:Plex[ _](?:Media[ _]Server|Media Scanner(?: [A-Z][a-z]+)*|Script Host|Tuner Service|Transcoder|DLNA Server|Relay|Commercial Skipper|EAE Service)|EasyAudioEncoder|CrashUploader)$/;
const PLUGIN = /^(?:com\.plexapp|tv\.plex)(?:\.\w+)+$/;

/** Words that programs of every system and of containers are called by. */
const PROGRAM_WORDS: ReadonlySet<string> = new Set(
  (
    'bash dash zsh ash sh busybox env sudo su init tini dumb s6 svscan supervise supervisord runit runsv runsvdir sv cron crond timeout nohup ' +
    'cat tee tail sleep date find grep sed awk xargs perl ruby php npm deno bun python2 python3 ffmpeg ffprobe nginx haproxy privoxy dockerd ' +
    'containerd shim podman conmon runc crun lxc nspawn machine dbus sshd rsync git tcpdump tshark dumpcap wireshark socat nc ncat dnsmasq ' +
    'unbound resolved resolve timeout main'
  ).split(' '),
);
/** Words that units and containers are called by wherever Plex runs. */
const SERVICE_WORDS: ReadonlySet<string> = new Set(
  (
    'docker podman libpod containerd cri kubepods lxc machine nspawn snap session slice scope service socket timer mount target system cron nginx ' +
    'haproxy linuxserver app apps package packages synopkg pkgctl latest main'
  ).split(' '),
);

/** Whether a program's name says nothing about its machine. */
export function isOpenProgram(name: string): boolean {
  return PLEX_PROGRAM.test(name) || PLUGIN.test(name) || consistsOf(name, PROGRAM_WORDS);
}

/** Whether the name of a unit (without its ending) or of a container says nothing about its machine. */
export function isOpenService(name: string): boolean {
  return consistsOf(name, SERVICE_WORDS);
}

/** Whether a name is a unit's: its ending is no top-level domain. */
export function isUnit(name: string): boolean {
  return /\.(?:service|socket|timer|mount)(?:\.d)?$/.test(name);
}

/** The name of a unit and its ending: `plexmediaserver`, `.service`. */
export function splitUnit(unit: string): readonly [string, string] {
  const [, name = unit, ending = ''] =
    /^(.+?)(\.(?:service|socket|timer|mount|slice|scope|target)(?:\.d)?)$/.exec(unit) ?? [];
  return [name, ending];
}

function consistsOf(name: string, words: ReadonlySet<string>): boolean {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((word) => word === '' || words.has(word) || isCommonWord(word));
}
