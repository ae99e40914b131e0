#!/usr/bin/env bash
# Trainings that are asked to stop save their work; a base goes on from there, a cycle leaves the served model.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create demo --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
of() { sql "select $2 from experiments where name = '$1'"; }
# ended WHAT STATUS: the background job ended so.
ended() { local status=0; wait "$job" || status=$?; is "$1" $status "$2"; }

echo "-- a training is cancelled and goes on"
ctt train --dataset demo --pack quick --name base --iterations 400 -q 2>cancelled.txt & job=$!
begun() { [[ -n $(sql 'select 1 from iterations limit 1' 2>/dev/null) ]]; }
until_true 60 begun || fail "no iteration came"
# Signals in the middle of its products do the learner no harm.
learner=$(pgrep -P "$job" ctt-learn)
for ((i = 0; i < 300; ++i)); do kill -USR1 "$learner"; sleep 0.003; done
ctt experiments cancel base
ended "exit status of the training" 143
is "the experiment" "$(of base status)" cancelled
done_before=$(sql 'select count(*) from iterations')
is "what the training said at its end" "$(tail -n 1 cancelled.txt)" \
  "Experiment base is cancelled after $done_before of 400 iterations, its work is saved. Next: ctt train --resume base"
ctt experiments cancel base
ctt train --resume base --name more --iterations 2 --tag champion -q
is "the second part" "$(of more status)" completed
is "its parent" "$(of more parent_experiment_id)" "$(of base id)"
is "its rate" "$(of more "json_extract(config, '\$.learning_rate')")" "$(of base "json_extract(config, '\$.learning_rate')")"
[[ $(ctt train --resume base --name rest -n) == *" $((400 - done_before)) iterations"* ]] || fail "not what is left"
exits 2 "--dataset excludes --resume" ctt train --resume base --dataset demo
exits 2 "has done all of its 2 iterations" ctt train --resume more
ctt experiments compare base more
exits 5 "is needed by experiment more" ctt experiments delete base -y
checkpoint=$CTT_HOME/models/$(of more checkpoint_sha256).safetensors
[[ -f $checkpoint ]] || fail "no checkpoint of the second part"
ctt experiments delete more -y -q
[[ ! -f $checkpoint ]] || fail "the checkpoint of a deleted run is still there"
ctt train --resume base --name more --iterations 2 -q

echo "-- a cycle is cancelled, and the served model stays"
ctt schedule start --name demo --base more --dataset demo --pack quick --window 1000 --iterations 400 -q
ctt cycle run --now -q 2>/dev/null & job=$!
training() { [[ $(sql 'select iterations_done from cycles') -gt 0 ]]; }
until_true 60 training || fail "no iteration came"
ctt cycle cancel 1
ended "exit status of the run" 143
is "the cycle" "$(sql 'select status from cycles')" cancelled
is "the desired model" "$(sql 'select model_version from deployments order by id desc limit 1')" 1
ctt cycle cancel 1
