#!/usr/bin/env bash
# The Debian package from its making to a machine that runs it: cpack, lintian, a new Debian 12 that debootstrap
# makes, the installation there, and what a user would do first. Where systemd-nspawn can, that machine is then
# started, and its systemd runs the units: package_machine.sh.
#
# Root's work, with some minutes and a mirror of Debian; not one of ctest's. Of a build: CTT_BUILD.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

[[ $(id -u) == 0 ]] || skip "another system's folder is root's to make"
for tool in debootstrap lintian systemd-nspawn; do command -v $tool >/dev/null || skip "$tool is not here"; done

work=$(mktemp -d)
root=$work/root
tidy_up() {
  mountpoint -q "$root/proc" && umount "$root/proc"
  rm -rf "$work"
}
trap tidy_up EXIT

echo "-- the package"
(cd "$CTT_BUILD" && cpack -B "$work" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; fail "cpack"; }
package=$(find "$work" -maxdepth 1 -name 'ctt_*.deb')
lintian --fail-on error,warning "$package" || fail "lintian"
echo "ok: lintian has no error and no warning about $(basename "$package")"

echo "-- a new Debian 12"
debootstrap --variant=minbase bookworm "$root" "${CTT_DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 ||
  { tail -n 5 "$work/debootstrap.log"; fail "debootstrap"; }
# Packages come from where this machine has them from.
cp -rL /etc/apt/apt.conf.d /etc/apt/sources.list.d "$root/etc/apt/"
[[ -f /etc/apt/sources.list ]] && cp /etc/apt/sources.list "$root/etc/apt/" || rm -f "$root/etc/apt/sources.list"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp "$package" "$root/tmp/ctt.deb"
mount -t proc proc "$root/proc"
inside() { chroot "$root" env HOME=/root LC_ALL=C.UTF-8 "$@"; }

inside sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /tmp/ctt.deb man-db' \
  >"$work/install.log" 2>&1 || { tail -n 20 "$work/install.log"; fail "the installation"; }
inside ctt version
inside sh -c 'cd /root && ctt demo --progress none' >"$work/demo.log" 2>&1 || { cat "$work/demo.log"; fail "ctt demo"; }
grep -q '3 swaps' "$work/demo.log" || fail "the demo swapped no policy three times"
echo "ok: $(grep 'swaps while' "$work/demo.log")"

inside sh -c 'systemd-analyze verify ctt-cycle.timer ctt-cycle.service ctt-trade@btc.service ctt-serve-ws.service' ||
  fail "systemd-analyze verify"
echo "ok: systemd-analyze verify has no complaint about the units"
for unit in ctt-cycle.service ctt-trade@.service ctt-serve-ws.service; do
  inside systemd-analyze security --offline=true --no-pager --threshold=15 /lib/systemd/system/$unit >"$work/security.log" ||
    { cat "$work/security.log"; fail "$unit is exposed more than 1.5"; }
  echo "ok: $(tail -n 1 "$work/security.log" | sed 's/^[^A-Z]*//')"
done
for page in ctt ctt-schedule ctt-trade ctt-config; do
  inside env MANWIDTH=80 man "$page" | grep -q SYNOPSIS || [[ $page == ctt-config ]] || fail "man $page"
done
[[ $(inside man -k . | grep -c '^ctt') -ge 24 ]] || fail "man -k knows fewer pages than there are"
echo "ok: $(inside man -k . | grep -c '^ctt') manual pages are found by man"
umount "$root/proc"

echo "-- that machine, started"
install -m 755 "$here/package_machine.sh" "$root/opt/trial.sh"
printf '[Service]\nExecStart=/opt/trial.sh\n' >"$root/etc/systemd/system/trial.service"
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../trial.service "$root/etc/systemd/system/multi-user.target.wants/trial.service"
timeout 600 systemd-nspawn -q -D "$root" --register=no --keep-unit --boot </dev/null >"$work/boot.log" 2>&1 || true
if [[ ! -f $root/opt/trial.log ]]; then
  tail -n 3 "$work/boot.log"
  skip "no systemd can be started here; everything before passed"
fi
cat "$root/opt/trial.log"
grep -q '^done$' "$root/opt/trial.log" || fail "the units, above"
