#!/usr/bin/env bash
# Cycles as jobs of a real Slurm, a controller and two nodes on this machine: same bytes as local, stops that save,
# kills after which no job is left and no slot has two, lost nodes, a controller that restarts, and learners that are
# ended for memory or time. KILLS (3): at how many moments `ctt cycle run` is killed.
source "$(dirname "$(realpath "$0")")/support.sh"
source "$(dirname "$(realpath "$0")")/slurm_cluster.sh"
why=$(no_cluster)
[[ -z $why ]] || skip "$why"
end_all() {
  local status=$?
  set +e
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
queue_empty() { [[ -z $(queued) ]]; }
newest() { sql "select $1 from cycles order by id desc limit 1"; }
training() { [[ $(newest status) == running && $(newest iterations_done) -gt 0 ]]; }
job_folders() { find "$work/share" "$CTT_HOME/jobs" -mindepth 1 -name job.json 2>/dev/null | wc -l; }
# What a run leaves when all is well.
nothing_left() {
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
  FAKE_LEARNER=hang ctt train --dataset d --pack quick --name timed -q
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
for ((i = 0; i < ${KILLS:-3}; ++i)); do
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
ctt cycle run --now --schedule s -q 2>run.txt & run=$!
until_true 30 in_queue || fail "the training is not in the queue: $(cat run.txt)"
end_by_file "$cluster/controller.pid" KILL
sleep 3
start_controller
wait $run || fail "the run failed: $(cat run.txt)"
is "the cycle" "$(newest status)" completed
nothing_left

wait $timed && fail "a training beyond its time limit must fail"
grep -q "Slurm job [0-9]*: TIMEOUT" timed.txt || fail "not told: $(cat timed.txt)"
echo "ok: $(tail -n 1 timed.txt)"

echo "-- a node dies: the training ends elsewhere"
ctt schedule update --schedule s --iterations 40000 -q 2>/dev/null || true
ctt cycle run --now --schedule s -q 2>run.txt & run=$!
until_true 60 training || fail "no iteration came: $(cat run.txt)"
node=$(squeue -h -o '%N %j' | awk -v p="$prefix" 'index($2, p) == 1 {print $1}')
job=$(squeue -h -o '%i %j' | awk -v p="$prefix" 'index($2, p) == 1 {print $1}')
end_by_file "$cluster/node.$node.pid" KILL
for pid in $(pgrep -f "slurmstepd: \[$job\.") $(pgrep -f "^[^ ]*ctt-learn \.$"); do kill -9 "$pid" 2>/dev/null || true; done
began_again() { [[ $(squeue -h -t all --Format=RestartCnt:8 -j "$job" | tr -d " ") -ge 1 && $(squeue -h -o '%T' -j "$job") == RUNNING ]]; }
until_true 120 began_again || fail "it did not begin again: $(squeue -t all -j "$job")"
[[ $(squeue -h -o %N -j "$job") != "$node" ]] || fail "it is on the dead node $node"
kill -TERM $run; wait $run || true
is "the cycle" "$(newest status)" cancelled
nothing_left
