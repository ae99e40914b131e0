#!/usr/bin/env bash
# Cycles as jobs of a real Slurm, a controller and two nodes on this machine: same bytes as local, stops that save,
# kills after which no job is left and no slot has two, lost nodes, a controller that restarts, and learners that are
# ended for memory or time. KILLS (3): at how many moments `ctt cycle run` is killed.
here=$(dirname "$(realpath "$0")")
source "$here/support.sh"
source "$here/slurm_cluster.sh"
why=$(no_cluster)
[[ -z $why ]] || skip "$why"
end_all() {
  local status=$?
  set +e
  kill -9 $(jobs -p) 2>/dev/null
  stop_cluster
  (exit $status)
  tidy_up
}
trap end_all EXIT
start_cluster

# setting HOME: the backend, with a share of its own.
use_slurm() {
  mkdir -p "$work/share"
  ctt config set launcher.backend slurm -q
  ctt config set slurm.share "$work/share" -q
  ctt config set slurm.memory 500M -q
}
queued() { squeue -h -o '%i %j %T'; }
newest() { sql "select $1 from cycles order by id desc limit 1"; }
training() { [[ $(newest status) == running && $(newest iterations_done) -gt 0 ]]; }
job_folders() { find "$work/share/$prefix" "$CTT_HOME/jobs" -mindepth 1 -name job.json 2>/dev/null | wc -l; }
none_queued() { ! queued | grep -q "$prefix"; }
# What a run leaves when all is well; Slurm may need a moment to put away a job whose learner has ended.
nothing_left() {
  until_true 15 none_queued || true
  is "rows without an end" "$(sql "select count(*) from cycles where status = 'running'")" 0
  is "experiments without an end" "$(sql "select count(*) from experiments where status = 'running'")" 0
  is "jobs left in the queue" "$(queued | grep -c "$prefix" || true)" 0
  is "job folders left" "$(job_folders)" 0
  is "entries left in the journal" "$(find "$CTT_HOME/slurm" -name '*.json' | wc -l)" 0
}

ctt init -q
ctt datasets create d --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
ctt train --dataset d --pack quick --name base --iterations 2 -q
use_slurm
start() { ctt schedule start --name "$1" --base base --dataset d --pack quick --window 500 --iterations "$2" --gate none -q; }
ctt doctor --check slurm -q
start s 3
start long 100000

echo "-- a cycle in Slurm makes the bytes of a learner on this machine"
ctt cycle run --now --schedule s -q
is "the cycle" "$(newest status)" completed
prefix=$(squeue -h -t all -o %j | head -n 1 | cut -d- -f1-2)
[[ $prefix == ctt-* ]] || fail "the job's name is $prefix"
ctt cycle reproduce "$(newest cycle_number)" --schedule s -q
nothing_left

echo "-- a training that Slurm ends at its time limit; it takes a minute, and goes on beside the rest"
(
  export CTT_HOME=$work/timed
  ctt init -q
  use_slurm
  export CTT_SLURM_OPTIONS="--time=1"
  ctt config set learner.command "$CTT_BUILD/bin/ctt_fake_learner" -q
  ctt datasets create d --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
  FAKE_LEARNER=hang exec ctt train --dataset d --pack quick --name timed -q
) >timed.txt 2>&1 & timed=$!

echo "-- the operator stops: the learner saves, the job ends"
ctt cycle run --now --schedule long -q 2>run.txt & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
kill -TERM $run
status=0; wait $run || status=$?
is "exit status" $status 143
is "the cycle" "$(newest status)" cancelled
at_least "iterations that were saved" "$(sql "select json_extract(final_metrics, '\$.total_iterations') from experiments where id = '$(newest experiment_id)'")" 1
nothing_left

echo "-- a learner that is ended for its memory"
printf '#!/bin/sh\nexec python3 -c "import time; held = bytearray(b'"'x'"' * (400 << 20)); time.sleep(60)"\n' >hungry
chmod +x hungry
status=0
CTT_LEARNER_COMMAND=$work/hungry CTT_SLURM_MEMORY=100M ctt cycle run --now --schedule s -q 2>run.txt || status=$?
is "exit status" $status 1
grep -q "killed by signal 9.*memory limit" <<<"$(newest message)" || fail "the row does not say how: $(newest message)"
nothing_left

echo "-- kill -9 of the run at ${KILLS:-3} moments"
for ((killed = 0; killed < ${KILLS:-3}; ++killed)); do
  setsid ctt cycle run --now --schedule s -q >run.txt 2>&1 & run=$!
  sleep "$((RANDOM % 3)).$((RANDOM % 9))"
  kill -9 $run 2>/dev/null || true
  wait $run 2>/dev/null || true
  ctt cycle run --schedule s -q 2>next.txt || true
  nothing_left
done
setsid ctt cycle run --now --schedule long -q >run.txt 2>&1 & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
kill -9 $run; wait $run 2>/dev/null || true
sleep 1
at_least "the job of a killed run goes on: jobs" "$(queued | grep -c "$prefix")" 1
is "the cycle is left" "$(newest status)" running
ctt cycle run -q 2>run.txt & run=$!
taken_over() { grep -q '"id":"[0-9]' "$CTT_HOME"/slurm/*.json && [[ $(newest iterations_done) -gt $before ]]; }
before=$(newest iterations_done)
until_true 30 taken_over || fail "the job was not taken over: $(cat run.txt)"
kill -TERM $run; wait $run || true
is "the cycle" "$(newest status)" cancelled
nothing_left
setsid ctt train --dataset d --pack quick --iterations 100000 -q >run.txt 2>&1 & run=$!
in_queue() { queued | grep -q "$prefix"; }
until_true 30 in_queue || fail "the training is not in the queue: $(cat run.txt)"
kill -9 $run; wait $run 2>/dev/null || true
ctt cycle run --now --schedule s -q
nothing_left
is "names that two jobs have" "$(squeue -h -t all -o %j | sort | uniq -d | wc -l)" 0

echo "-- the controller is killed and starts again"
sleep 6 # until it has saved that the jobs before have ended: what it forgets of them is its own affair
ctt cycle run --now --schedule s -q 2>run.txt & run=$!
until_true 30 in_queue || fail "the training is not in the queue: $(cat run.txt)"
end_by_file "$cluster/controller.pid" KILL
status=0; ctt doctor --check slurm >doctor.txt || status=$?
is "exit status of the doctor" $status 10
grep -q "Slurm does not answer" doctor.txt || fail "the doctor does not say: $(cat doctor.txt)"
sleep 3
start_controller
wait $run || fail "the run failed: $(cat run.txt)"
is "the cycle" "$(newest status)" completed
nothing_left

echo "-- a replay of 40 lineages makes the bytes of one on this machine"
first=$(ctt datasets show d --json | sed -E 's/.*"start":"([^"]+)".*/\1/')
day() { date -u -d "$first + $1 days" +%Y-%m-%dT%H:%M:%SZ; }
ctt train --dataset d --pack quick --name early --iterations 2 --to "$(day 40)" -q
replay() {
  ctt replay --base early --dataset d --pack quick --interval 1d --window 300 --iterations 1 --from "$(day 45)" --to "$(day 48)" \
    --arms never,always,gated,scratch --seeds 5 --vary lr-mult=0.1,0.2 --latency 1h -q "$@"
}
replay --backend slurm -o in_slurm
at_least "lineages" "$(cut -d, -f1-3 in_slurm/equity.csv | tail -n +2 | sort -u | wc -l)" 40
is "batches left on the share" "$(find "$work/share" -name batch.json | wc -l)" 0
CTT_HOME=$work/again && cp -r "$work/home" "$CTT_HOME" && rm -rf "$CTT_HOME/replays"
replay --backend local -o here
CTT_HOME=$work/home
for file in result.json equity.csv trades.csv cycles.csv; do cmp "in_slurm/$file" "here/$file" || fail "$file: other bytes"; done
echo "ok: the same bytes"
rm -rf "$CTT_HOME/replays"
setsid ctt replay --base early --dataset d --pack quick --interval 1d --window 300 --iterations 1 --from "$(day 45)" --to "$(day 48)" \
  --arms never,always,gated,scratch --seeds 5 --vary lr-mult=0.1,0.2 --latency 1h -q --backend slurm >run.txt 2>&1 & run=$!
some_done() { (($(find "$work/share" -path '*lineages/*' | wc -l) >= 3)); }
until_true 60 some_done || fail "no lineage came: $(cat run.txt)"
kill -9 $run; wait $run 2>/dev/null || true
id=$(sql "select id from replays order by created_at desc limit 1")
at_rest() { [[ $(ctt replay show "$id" --json | sed -E 's/.*"status":"([a-z]+)".*/\1/') == stopped ]]; }
until_true 30 at_rest || fail "the killed replay is not at rest"
ctt replay --resume "$id" --backend slurm -o resumed -q
cmp resumed/result.json here/result.json || fail "killed and resumed: other bytes"
nothing_left

wait $timed && fail "a training beyond its time limit must fail"
grep -q "Slurm job [0-9]*: TIMEOUT" timed.txt || fail "not told: $(cat timed.txt)"
echo "ok: $(grep -o 'Slurm job [0-9]*: TIMEOUT' timed.txt)"

echo "-- a node dies: the training ends elsewhere"
ctt schedule update --schedule s --iterations 40000 -q 2>/dev/null || true
ctt cycle run --now --schedule s -q 2>run.txt & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
node=$(squeue -h -o '%N %j' | awk -v p="$prefix" 'index($2, p) == 1 {print $1}')
job=$(squeue -h -o '%i %j' | awk -v p="$prefix" 'index($2, p) == 1 {print $1}')
end_by_file "$cluster/node.$node.pid" KILL
for pid in $(pgrep -f 'ctt-learn \.$'); do
  [[ $(readlink "/proc/$pid/cwd") == "$work/share/"* ]] || continue
  kill -9 "$(ps -o ppid= -p "$pid" | tr -d ' ')" "$pid"
done
began_again() { [[ $(squeue -h -t all --Format=RestartCnt:8 -j "$job" | tr -d " ") -ge 1 && $(squeue -h -o '%T' -j "$job") == RUNNING ]]; }
requeued() { [[ $(squeue -h -t all --Format=RestartCnt:8 -j "$job" | tr -d ' ') -ge 1 && $(squeue -h -o %T -j "$job") == PENDING ]]; }
until_true 60 requeued || fail "it was not requeued: $(squeue -t all -j "$job")"
scontrol update JobId="$job" StartTime=now # Slurm itself waits two minutes
until_true 60 began_again || fail "it did not begin again: $(squeue -t all -j "$job")"
[[ $(squeue -h -o %N -j "$job") != "$node" ]] || fail "it is on the dead node $node"
kill -TERM $run; wait $run || true
is "the cycle" "$(newest status)" cancelled
nothing_left
