#!/usr/bin/env bash
# A disk that is really full: a cycle ends cleanly, the old policy stays, and once there is room the next
# run goes on. The disk is a small one of memory that only this test sees.
if [[ ${CTT_IN_NAMESPACE:-} != yes ]]; then
  unshare --user --map-root-user --mount true 2>/dev/null || { echo "skipped: no user namespaces here"; exit 77; }
  CTT_IN_NAMESPACE=yes exec unshare --user --map-root-user --mount "$(realpath "$0")"
fi
source "$(dirname "$(realpath "$0")")/support.sh"
export CTT_LEARNER_COMMAND=$CTT_BUILD/bin/ctt_fake_learner
mkdir "$CTT_HOME"
mount -t tmpfs -o size=8m,mode=700 tmpfs "$CTT_HOME" || skip "no disk of memory can be mounted here"

ctt init -q
ctt datasets create d --source synthetic --seed 7 --candles 1500 --timeframe 1h -q
ctt train --dataset d --pack quick --name base --iterations 2 --candles 600 -q
ctt schedule start --name s --base base --dataset d --pack quick --interval 6h --window 300 --iterations 1 --gate none -q
ctt cycle run --now -q
is "what should be served" "$(sql 'select max(model_version) from deployments')" 2

for room in 0 16 64 256; do
  echo "-- $room KiB are left"
  dd if=/dev/zero of="$CTT_HOME/filler" bs=1k 2>/dev/null || true
  truncate -s -${room}k "$CTT_HOME/filler"
  status=0
  ctt cycle run --now -q >out.txt 2>err.txt || status=$?
  case $status in 0 | 1 | 6 | 8) ;; *) cat err.txt >&2; fail "exit $status on a full disk" ;; esac
  if ((status != 0)); then [[ $(head -c 7 err.txt) == "error: " ]] || fail "no sentence: $(cat err.txt)"; fi
  if ((status != 0)); then sed -n 1p err.txt; fi
  rm "$CTT_HOME/filler"
  ctt schedule status -q || fail "the state cannot be read after a full disk"
  ctt cycle run --now -q 2>/dev/null || ctt cycle run --now -q
  ctt db check
  is "the newest cycle" "$(sql 'select status from cycles order by id desc limit 1')" completed
done
umount "$CTT_HOME"
