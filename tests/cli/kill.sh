#!/usr/bin/env bash
# kill -9 of the learner and of `ctt cycle run`: the parent keeps serving, the next run closes or
# finishes the cycle, and the history tells it.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create demo --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
ctt train --dataset demo --pack quick --name base --iterations 2 -q
ctt schedule start --name demo --base base --dataset demo --pack quick --window 1000 --iterations 40 --gate none -q
ctt trade --schedule demo --replay dataset:demo --speed 20 >trade.txt 2>&1 &
until_true 20 trader_listens || fail "the trader did not start: $(cat trade.txt)"

served() { ctt trade status --json | sed -E 's/.*"model_version":([0-9]+).*/v\1/'; }
newest() { sql "select $1 from cycles order by cycle_number desc limit 1"; }
training() { [[ $(newest status) == running && $(newest iterations_done) -gt 0 ]]; }
# The kernel ends a dead run's learner a moment later, and only then the training lock is free.
lock_free() { flock -n "$CTT_HOME/run/training.lock" true; }
learner() { pgrep -f "ctt-learn $CTT_HOME" | head -n 1; }

echo "-- the learner dies in the middle of its training"
ctt cycle run --now >run.txt 2>&1 & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
kill -9 "$(learner)"
status=0; wait $run || status=$?
is "exit status of the run" $status 1
is "the cycle" "$(newest status)" failed
grep -q "killed by signal 9" <<<"$(newest message)" || fail "the row does not say how: $(newest message)"
is "served" "$(served)" v1

echo "-- the run dies in the middle of the training: the learner goes with it, the next run closes the cycle"
ctt cycle run --now >run.txt 2>&1 & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
kill -9 $run; wait $run 2>/dev/null || true
gone() { [[ -z $(learner) ]]; }
until_true 10 gone || fail "the learner outlived its parent"
until_true 10 lock_free || fail "the training lock is still held"
is "the cycle is left" "$(newest status)" running
is "served" "$(served)" v1
ctt cycle run 2>err.txt && fail "a run that closes a failed cycle must say so"
is "the cycle" "$(newest status)" failed
is "its experiment" "$(sql "select status from experiments where id = (select experiment_id from cycles order by cycle_number desc limit 1)")" failed

echo "-- the run dies before the learner starts"
mkdir slow; printf '#!/bin/sh\nexec sleep 30\n' >slow/learner; chmod +x slow/learner
CTT_LEARNER_COMMAND=$work/slow/learner ctt cycle run --now >run.txt 2>&1 & run=$!
at_train() { [[ $(newest step) == train && $(newest status) == running ]]; }
until_true 60 at_train || fail "the training was not reached: $(cat run.txt)"
kill -9 $run; wait $run 2>/dev/null || true
until_true 10 lock_free || fail "the training lock is still held"
ctt cycle run 2>err.txt && fail "a run that closes a failed cycle must say so"
is "the cycle" "$(newest status)" failed

echo "-- the run dies after the training: the next run finishes the cycle from its snapshot"
ctt schedule stop -q
ctt schedule start --name demo --base base --dataset demo --pack quick --window 1000 --iterations 3 --gate none -q
trained() { [[ -n $(sql "select 1 from experiments e join cycles c on c.experiment_id = e.id where c.status = 'running' and e.status = 'completed'") ]]; }
trained_or_over() { trained || ! kill -0 $run 2>/dev/null; }
for try in 1 2 3 4 5; do
  ctt cycle run --now >run.txt 2>&1 & run=$!
  until_true 60 trained_or_over
  kill -9 $run 2>/dev/null || true
  wait $run 2>/dev/null || true
  [[ $(newest status) == running ]] && break
done
if [[ $(newest status) == running ]]; then
  ctt cycle run -q
else
  echo "note: the run was faster than the kill in every try"
fi
is "the cycle" "$(newest status)" completed
is "its decision" "$(newest decision)" deployed
version=$(newest model_version)
serves_it() { [[ $(served) == "v$version" ]]; }
until_true 10 serves_it || fail "the trader serves $(served), wanted v$version"

echo "-- the books"
is "rows without an end" "$(sql "select count(*) from cycles where status = 'running'")" 0
is "experiments without an end" "$(sql "select count(*) from experiments where status = 'running'")" 0
is "job folders left" "$(find "$CTT_HOME/jobs" -mindepth 1 -maxdepth 1 | wc -l)" 0
is "unfinished files" "$(find "$CTT_HOME" -name '.tmp-*' | wc -l)" 0
is "starts without exactly one end" "$(sql "select count(*) from (select cycle_number, sum(type = 'continuous_cycle_start') s, sum(type in ('continuous_cycle_complete', 'continuous_cycle_failed')) e from events where type like 'continuous_cycle_%' group by cycle_number having s > 0 and (s <> 1 or e <> 1))")" 0
is "integrity" "$(sql 'pragma integrity_check')" ok
ctt schedule history
ctt trade stop -q
