#!/usr/bin/env bash
# What a gate and a probation are for, seen from the running trader: a candidate that learned noise never
# serves, one whose outputs overflow serves for one bar, a rollback is proven by the served hash.
source "$(dirname "$(realpath "$0")")/support.sh"

# Prices that swing by a tenth every 40 hours: whoever follows the newest bar earns.
awk 'BEGIN { print "timestamp,open,high,low,close,volume"; pi = atan2(0, -1)
  for (i = 0; i < 3000; ++i) { o = 100 + 10 * sin(pi / 20 * i); c = 100 + 10 * sin(pi / 20 * (i + 1))
    printf "%d,%.6f,%.6f,%.6f,%.6f,1\n", 1700002800 + 3600 * i, o, (o > c ? o : c), (o < c ? o : c), c } }' >waves.csv
export CTT_LEARNER_COMMAND=$CTT_BUILD/bin/ctt_fake_learner

ctt init -q
printf '{"model":{"fcnet_hiddens":[8]},"window_size":4,"train_batch_size":64,"sgd_minibatch_size":32,"num_iterations":1}' >tiny.json
printf '[{"type":"returns","periods":[1,4]},{"type":"rsi","period":6}]' >features.json
ctt packs create tiny --file tiny.json -q
ctt datasets create waves --file waves.csv --symbol BTC/USD --timeframe 1h --features features.json -q
FAKE_LEARNER=trend ctt train --dataset waves --pack tiny --name base --iterations 1 --to 2024-01-10T00:00:00Z -q
ctt schedule start --name waves --base base --dataset waves --pack tiny --window 600 --holdout 200 --iterations 1 --gate strict -q
ctt trade --schedule waves --replay waves.csv --speed 20 >trade.txt 2>&1 &
until_true 20 trader_listens || fail "the trader did not start: $(cat trade.txt)"

served() { ctt trade status --json | sed -E 's/.*"sha256":"([0-9a-f]+)".*/\1/'; }
hash_of() { sql "select sha256 from models where version = $1"; }
serves() { [[ $(served) == "$(hash_of "$1")" ]]; }
newest() { sql "select $1 from cycles order by cycle_number desc limit 1"; }
desired() { sql "select $1 from deployments order by id desc limit 1"; }

echo "-- a candidate that learned noise"
ctt cycle run --now
is "decision" "$(newest decision)" rejected
[[ $(newest decision_reason) == "gate strict: worse than its parent on 200 held-back bars"* ]] || fail "$(newest decision_reason)"
is "desired" "v$(desired model_version)" v1
is "served hash" "$(served)" "$(hash_of 1)"

echo "-- one as good as its parent, and back"
FAKE_LEARNER=trend ctt cycle run --now
is "decision" "$(newest decision)" deployed
is "served hash" "$(served)" "$(hash_of 3)"
ctt models rollback --schedule waves -q
until_true 10 serves 1 || fail "$(served) is served after the rollback"
is "served hash" "$(served)" "$(hash_of 1)"

echo "-- one whose outputs overflow"
ctt schedule unfreeze -q
FAKE_LEARNER=overflow ctt cycle run --now -q
is "decision of strict" "$(newest decision)" rejected
ctt schedule update --gate none -q
FAKE_LEARNER=overflow ctt cycle run --now
is "decision of none" "$(newest decision)" deployed
failed=$(newest model_version)
until_true 10 serves 1 || fail "$(served) is served, $(hash_of "$failed") should have failed its probation"
given_back() { [[ $(desired model_version) == 1 ]]; }
until_true 10 given_back || fail "v$(desired model_version) is still desired"
is "cause" "$(desired cause)" rollback
[[ $(desired reason) == "v$failed failed its probation at decision 1 of 20: its output was not finite; v1 serves again" ]] ||
  fail "$(desired reason)"
is "bars that it decided" "$(sql "select count(*) from live_decisions where model_version = $failed")" 1
is "what it did on them" "$(sql "select distinct side || ' ' || reason from live_decisions where model_version = $failed")" 'hold not_finite'
ctt schedule history
ctt trade stop -q
trader_ended() { ! trader_listens; }
until_true 10 trader_ended || fail "the trader did not end"

echo "-- bars of another width"
awk -F, 'NR == 1 { print; next } { $1 = 1700002800 + 300 * (NR - 2); print }' OFS=, waves.csv >five.csv
status=0; ctt trade --schedule waves --replay five.csv >five.txt 2>&1 || status=$?
is "exit status" $status 6
[[ $(<five.txt) == *"five.csv has a bar every 5 min, the policy is for bars of 1h"* ]] || fail "$(<five.txt)"

echo "-- held-back bars that the base had learned from"
FAKE_LEARNER=trend ctt train --dataset waves --pack tiny --name all --iterations 1 -q
ctt schedule start --name seen --base all --dataset waves --pack tiny --window 600 --holdout 200 --iterations 1 --gate none -q
FAKE_LEARNER=trend ctt cycle run --schedule seen --now >seen.txt 2>&1
[[ $(<seen.txt) == *"200 of these bars had been learned from before"* ]] || fail "$(<seen.txt)"
history=$(ctt schedule history --schedule seen)
[[ $history == *"%*"*"* not clean: the model or its parent had learned from some of these bars"* ]] || fail "$history"
[[ $(ctt schedule history --schedule waves) != *"not clean"* ]] || fail "clean bars are marked"
