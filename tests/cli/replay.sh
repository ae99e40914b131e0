#!/usr/bin/env bash
# The process on history: cycles of a replay make the bytes of `ctt cycle run`; however often it is killed, and with
# however many jobs, it ends with the same result; what cannot be replayed is refused with a sentence.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create d --source synthetic --seed 11 --candles 3000 --timeframe 1h -q
first=$(ctt datasets show d --json | sed -E 's/.*"start":"([^"]+)".*/\1/')
day() { date -u -d "$first + $1 days" +%Y-%m-%dT%H:%M:%SZ; }
ctt packs create p --from quick -q
ctt train --dataset d --pack p --name base --iterations 3 --from "$first" --to "$(day 40)" -q
ctt schedule start --name s --base base --dataset d --pack p --interval 1d --window 500 --iterations 2 -q

replay() { ctt replay --schedule s --from "$(day 45)" --to "$(day 55)" --seeds 2 "$@"; }

replay --arms never,always,gated --jobs 2 -o report -q
slots=$(awk -F, '$2 == "always" && $3 == 1 {print $5 " " $10}' report/cycles.csv | head -3)
at_least "slots of the first lineage" "$(wc -l <<<"$slots")" 3
while read -r slot sha256; do
  ctt cycle run --now --window-end "$slot" --schedule s -q
  is "checkpoint of $slot" "$(sql 'select sha256 from models order by version desc limit 1')" "$sha256"
done <<<"$slots"

# Without what was trained: one job, and then killed again and again.
cp report/result.json wanted.json
rm -rf "$CTT_HOME/replays"
replay --arms never,always,gated --jobs 1 -o one -q
cmp one/result.json wanted.json || fail "one job: other bytes"
rm -rf "$CTT_HOME/replays"
setsid ctt replay --schedule s --from "$(day 45)" --to "$(day 55)" --seeds 2 --arms never,always,gated --jobs 2 -q & running=$!
third_began() { [[ $(sql "select count(*) from replays") == 3 ]]; }
until_true 30 third_began || fail "the replay did not begin"
sleep 0.7
kill -9 "$running"
wait "$running" 2>/dev/null || true
id=$(sql "select id from replays order by created_at desc limit 1")
kills=${KILLS:-3}
for ((i = 1; i < kills; ++i)); do
  timeout -s KILL "$((RANDOM % 4)).$((RANDOM % 9 + 1))" ctt replay --resume "$id" --jobs 2 -q >/dev/null 2>&1 || true
done
# A killed process, or its learner, may hold the replay for a moment more.
status() { ctt replay show "$id" --json | sed -E 's/.*"status":"([a-z]+)".*/\1/'; }
at_rest() { [[ $(status) == stopped || $(status) == completed ]]; }
until_true 30 at_rest || fail "status after the kills: $(status)"
ctt replay --resume "$id" --jobs 2 -o killed -q
cmp killed/result.json wanted.json || fail "killed $kills times: other bytes"
echo "ok: the same bytes with one job, with two, and after $kills kills"

exits 2 "say where the replay begins" ctt replay --schedule s
exits 5 "has learned from bars up to" ctt replay --schedule s --from "$(day 20)" --to "$(day 50)"
exits 2 "a value is empty" ctt replay --schedule s --from "$(day 45)" --vary interval=6h,,1d
exits 2 "is no arm of a replay (did you mean \"always\"?)" ctt replay --schedule s --from "$(day 45)" --arms never,alway
exits 6 "a replay needs at least two" ctt replay --schedule s --from "$(date -u -d "$first - 900 days" +%F)" --to "$(date -u -d "$first - 800 days" +%F)"
exits 3 "replay" ctt replay show replay-000000000000
is "a replay leaves no experiment behind" "$(sql "select count(*) from experiments where script not in ('ctt train', 'ctt cycle run')")" 0
ctt replay delete "$id" --yes -q
is "deleted" "$(ctt replay list --json | grep -c "$id")" 0
