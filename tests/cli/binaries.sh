#!/usr/bin/env bash
# What only a built program can show: what it links, how fast it answers, how much memory it takes.
source "$(dirname "$(realpath "$0")")/support.sh"

echo "-- LibTorch is linked by the learner of the engine autograd alone"
ctt=$CTT_BUILD/bin/ctt
learn=$CTT_BUILD/libexec/ctt/ctt-learn
for program in "$ctt" "$learn"; do
  ldd "$program" | grep -q 'libtorch\|libc10' && fail "$program or a library of it links LibTorch"
done
readelf -d "$learn-torch" | grep -q 'libtorch' || fail "the engine autograd does not link LibTorch"
[[ -z ${CTT_SANITIZE:-} ]] || { echo "memory and time are not looked at under sanitizers"; exit 0; }

ctt init -q
ctt datasets create demo --source synthetic --seed 7 --candles 4000 --timeframe 1h -q
ctt train --dataset demo --pack quick --name base --iterations 1 -q
ctt schedule start --name demo --base base --dataset demo --pack quick -q

# peak_kib COMMAND...: the largest resident set of the process itself.
peak_kib() { python3 - "$@" <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
}
below() { (($2 < $3)) || fail "$1: $2 KiB, wanted below $3"; echo "ok: $1 takes $2 KiB, below $3"; }
below "ctt schedule status" "$(peak_kib ctt schedule status)" $((20 * 1024))
below "ctt trade over 3,900 bars" "$(peak_kib ctt trade --replay dataset:demo)" $((48 * 1024))

# Time is printed, not asserted: machines are shared.
times=$(for i in 1 2 3 4 5 6 7; do s=$(date +%s%N); ctt schedule status >/dev/null; e=$(date +%s%N); echo $(((e - s) / 1000)); done | sort -n)
echo "ctt schedule status: $(sed -n 4p <<<"$times") us (median of 7)"
