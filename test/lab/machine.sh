#!/usr/bin/env bash
# The PMS host of a lab with the systemd of this machine as its process 1, so that units run there as they would at home.
#
#   machine.sh boot LAB DIR [INIT]   boot it; DIR/etc and DIR/var are its own, and outlive it; INIT: systemd, openrc or sysv
#   machine.sh exec DIR COMMAND...   run COMMAND in it
#   machine.sh off DIR               shut it down in order
#   machine.sh cut DIR               the same without a warning, as when the power fails
#
# It sees /usr and the built file of this repository read-only, the files of the lab, and otherwise memory. It can set neither clock nor
# sysctls, loads no modules and makes no devices.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)

die() {
  echo "machine: $*" >&2
  exit 2
}

init() { cat "$1/init.pid"; }
group() { cat "$1/group"; }
is_on() { [[ -s $1/init.pid && -e /proc/$(init "$1")/root ]]; }
in_it() { nsenter --target "$(init "$1")" --mount --uts --ipc --net --pid --cgroup --wdns=/ -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${@:2}"; }

wait_until() { # wait_until SECONDS COMPLAINT COMMAND...
  local limit=$((SECONDS + $1)) complaint=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < limit)) || die "$complaint"
    sleep 0.1
  done
}

boot() { # boot LAB DIR INIT
  local lab=$1 dir=$2
  export INIT=$3
  ! is_on "$dir" || die 'it is on already'
  mkdir -p "$dir/root" "$dir/etc/systemd/system" "$dir/var/log" "$dir/var/tmp"
  rm -f "$dir/init.pid"
  [[ -e $dir/etc/hosts ]] || furnish "$dir/etc" "/tmp/pmslab-$lab"
  echo "$(findmnt -nt cgroup2 -o TARGET | head -n 1)/pmslab-$lab-$$" >"$dir/group"
  mkdir "$(group "$dir")"
  (
    echo "$BASHPID" >"$(group "$dir")/cgroup.procs"
    export MACHINE=$dir LAB=/tmp/pmslab-$lab NETWORK=/run/netns/pmslab-$lab-pms REPOSITORY=$repository SCRIPT=$here/machine.sh
    # systemd writes its log to a terminal; script(1) makes one.
    exec script -qefc 'exec "$SCRIPT" enter' "$dir/console.log"
  ) </dev/null >/dev/null 2>&1 &
  wait_until 10 'it did not start' test -s "$dir/init.pid"
  wait_until 60 "it did not boot (see $dir/console.log)" booted "$dir"
}

# The process ids of this machine are seen through the /proc that is left behind.
enter() {
  exec nsenter --net="$NETWORK" unshare --mount --propagation private --pid --fork --kill-child --uts --ipc --cgroup \
    setpriv --bounding-set "$CAPABILITIES" "$SCRIPT" inside
}

CAPABILITIES=-sys_time,-sys_module,-sys_boot,-sys_rawio,-syslog,-mknod,-wake_alarm,-mac_admin,-mac_override

booted() { if [[ $INIT == systemd ]]; then in_it "$1" systemctl is-active multi-user.target; else in_it "$1" test -e /run/booted; fi; }

furnish() { # furnish ETC LAB: as little as a service needs
  local etc=$1 each
  cp "$2/hosts" "$etc/hosts"
  cp "/etc/netns/$(basename "$2")-pms/resolv.conf" "$etc/resolv.conf"
  cp -a /etc/passwd /etc/group /etc/ld.so.cache /etc/alternatives "$etc/"
  printf 'passwd: files systemd\ngroup: files systemd\nhosts: files dns\n' >"$etc/nsswitch.conf"
  echo plex >"$etc/hostname"
  mkdir "$etc/ssl" "$etc/squid"
  cp /etc/ssl/openssl.cnf "$etc/ssl/"
  [[ ! -d /etc/squid ]] || cp -a /etc/squid/. "$etc/squid/"
  echo 0123456789abcdef0123456789abcdef >"$etc/machine-id"
  for each in dbus.service dbus.socket getty.target systemd-logind.service systemd-udevd.service systemd-udev-trigger.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-journal-flush.service; do
    ln -s /dev/null "$etc/systemd/system/$each"
  done
  mkdir "$etc/init.d" "$etc/runlevels" "$etc"/{rc{0,1,2,3,4,5,6,S}.d,runlevels/{sysinit,boot,default,shutdown}}
  printf '#!/sbin/openrc-run\ndepend() { provide net; }\nstart() { :; }\n' >"$etc/init.d/network"
  chmod +x "$etc/init.d/network"
}

# Process 1 where there is no systemd: the order in which sysvinit and OpenRC start services, and nothing else of them.
first_process='
case $INIT in
  openrc) for each in sysinit boot default; do openrc "$each"; done ;;
  sysv) for each in /etc/rc2.d/S*; do [ ! -x "$each" ] || "$each" start; done ;;
esac
: >/run/booted
while :; do sleep 1 & wait; done'

inside() {
  [[ $$ == 1 ]] || die 'this is no machine' # nothing below may happen in the namespaces of this machine
  local root=$MACHINE/root each key value
  while read -r key value; do [[ $key != Pid: ]] || echo "$value" >"$MACHINE/init.pid"; done </proc/self/status
  mount -t tmpfs -o mode=755 none "$root"
  cd "$root"
  mkdir -p usr etc var run tmp proc sys dev root old "./$REPOSITORY/dist" "./$LAB"
  read_only /usr usr
  for each in bin sbin lib lib64; do [[ ! -L /$each ]] || ln -s "usr/$each" "$each"; done
  mount --bind "$MACHINE/etc" etc
  mount --bind "$MACHINE/var" var
  mount -t tmpfs -o mode=755 none run
  mount -t tmpfs -o mode=1777 none tmp
  mkdir -p "./$LAB" "./$REPOSITORY/dist"
  mount --bind "$LAB" "./$LAB"
  read_only "$REPOSITORY/dist" "./$REPOSITORY/dist"
  mount -t tmpfs -o mode=755 none dev
  mkdir dev/shm dev/pts
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 none dev/pts
  ln -s pts/ptmx dev/ptmx
  : >dev/console
  mount --bind "$(tty)" dev/console
  for each in null zero full random urandom tty; do
    : >"dev/$each"
    mount --bind "/dev/$each" "dev/$each"
  done
  ln -s /proc/self/fd dev/fd
  mount -t proc none proc
  read_only proc/sys proc/sys
  mount -t sysfs -o ro none sys
  mount -t cgroup2 none sys/fs/cgroup
  pivot_root . old
  umount -l old
  # systemd hands credentials to units by a mount that propagates; a manager of containers is expected to have made that possible.
  mount --make-rshared /
  [[ $INIT == systemd ]] || exec env -i INIT="$INIT" PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "$first_process"
  exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/lib/systemd/systemd --system --unit=multi-user.target \
    --log-target=console --show-status=no
}

read_only() { # read_only FROM TO
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

off() {
  in_it "$1" systemctl --no-block poweroff 2>/dev/null
  wait_until 20 'it did not shut down' gone "$1"
}

cut_power() {
  ! is_on "$1" || kill -9 "$(init "$1")"
  wait_until 10 'it did not end' gone "$1"
}

gone() { # the kernel lets a group go a moment after its last process
  ! is_on "$1" && [[ ! -e $(group "$1") ]] || { ! is_on "$1" && find "$(group "$1")" -depth -type d -exec rmdir {} + && [[ ! -e $(group "$1") ]]; }
}

case ${1:-} in
  boot) boot "$2" "$3" "${4:-systemd}" ;;
  exec) in_it "$2" "${@:3}" ;;
  off) off "$2" ;;
  cut) cut_power "$2" ;;
  enter) enter ;;
  inside) inside ;;
  *)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
