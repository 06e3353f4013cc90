#!/usr/bin/env bash
# sandbox.sh TREE OUT MANAGER_VARIABLE...
# Boots the systemd of this machine, as process 1 of namespaces of its own, with the unit files of TREE and with no others, waits until it has
# started and ended oracle.target, and prints its log. What its services write into /out arrives in OUT/results.
#
# The only file system of this machine that it sees is /usr, read-only: everything else is memory that ends with it, and its root user
# is root of a user namespace, which can set neither clocks nor sysctls.
set -euo pipefail
usr=(bin sbin lib lib64 share)

outside() {
  cgroup=$(findmnt -nt cgroup2 -o TARGET | head -n 1)/oracle-$$
  mkdir -p "$2/root" "$2/results"
  mkdir "$cgroup"
  # The kernel lets a group go a moment after its last process.
  trap 'for _ in {1..50}; do find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break; sleep 0.1; done' EXIT
  (
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    # systemd writes its log to a terminal; script(1) makes one.
    export SANDBOX="$0" TREE="$1" OUT="$2" MANAGER="${*:3}"
    exec timeout --signal=KILL 120 script -qefc \
      'exec unshare --user --map-root-user --mount --pid --fork --kill-child --uts --ipc --net --cgroup "$SANDBOX" inside' /dev/null
  ) </dev/null
}

inside() {
  [ $$ = 1 ] # nothing below may happen in the namespaces of this machine
  cd "$OUT/root"
  mount -t tmpfs -o mode=755 none .
  cd "$OUT/root"
  mkdir -p usr/local etc run var/tmp tmp proc sys dev out root old
  for each in "${usr[@]}"; do
    [ -d "/usr/$each" ] || continue
    mkdir -p "usr/$each"
    mount --bind "/usr/$each" "usr/$each"
    mount -o remount,bind,ro "usr/$each"
    [ "$each" = share ] || ln -s "usr/$each" "$each"
  done
  mount -t tmpfs none run
  mount -t tmpfs none tmp
  mount -t tmpfs -o mode=755 none dev
  for each in system user system-generators system-environment-generators; do
    [ ! -d "usr/lib/systemd/$each" ] || mount -t tmpfs none "usr/lib/systemd/$each"
  done
  # tar overwrites nothing that is there already, such as the folders that are read-only.
  tar -C "$TREE" -c . | tar -x --no-overwrite-dir -f - 2>/dev/null || true
  for each in null zero full random urandom tty; do
    : >"dev/$each"
    mount --bind "/dev/$each" "dev/$each"
  done
  : >dev/console
  mount --bind "$(tty)" dev/console
  mount -t proc none proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mkdir -p sys/fs/cgroup
  mount --rbind /sys sys
  mount -t cgroup2 none sys/fs/cgroup
  mount --bind "$OUT/results" out
  pivot_root . old
  umount -l old
  # shellcheck disable=SC2086 # each word is a variable
  exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin $MANAGER /usr/lib/systemd/systemd \
    --system --log-target=console --log-level=info --show-status=no --unit=oracle.target
}

if [ "$1" = inside ]; then inside; else outside "$@"; fi
