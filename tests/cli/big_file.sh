#!/usr/bin/env bash
# A large candle file in little memory: made a dataset, checked, trained and cycled on. BARS (300000) minutes; scripts/nightly takes
# 5,200,000, of which each command may hold at most 300 MiB.
source "$(dirname "$(realpath "$0")")/support.sh"
[[ -z ${CTT_SANITIZE:-} ]] || skip "a sanitizer takes memory of its own"
bars=${BARS:-300000}
most=$((45 + bars * 52 / 1048576)) # MiB: ctt itself, and what a check holds of each bar
((most <= 305)) || most=300

awk -v n="$bars" 'BEGIN { print "Open time;Open;High;Low;Close;Vol"
  for (i = 0; i < n; ++i) { c = 20000 + int(3000 * sin(i / 7000)) + (i * 7919 % 101) / 4
    printf "%d000;%.2f;%.2f;%.2f;%.2f;%.3f\n", 1400000040 + 60 * i, c - 1, c + 9.5, c - 7.25, c, 0.5 + i % 9 } }' | gzip -1 >big.csv.gz
# peak COMMAND...: runs it; its largest resident size in MiB, less than $most.
peak() {
  python3 -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status)' "$@" >peak.txt || fail "$*"
  local mib
  mib=$(tail -n 1 peak.txt)
  ((mib < most)) || fail "$*: $mib MiB, at most $most are wanted"
  echo "ok: ${*:1:3} in $mib MiB, fewer than $most"
}
ctt init -q
peak ctt datasets create big --file big.csv.gz --timeframe 1m -q
peak ctt datasets check big
most=45
peak ctt train --dataset big --pack quick --name base --iterations 1 --candles 2000 -q
peak ctt schedule start --name s --base base --dataset big --pack quick --window 1000 --iterations 1 -q
peak ctt cycle run --now -q
is "bars of the cycle" "$(sql 'select bars from cycles')" 1000
