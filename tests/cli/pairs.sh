#!/usr/bin/env bash
# A hundred pairs of `ctt cycle run` at the same time: one works, the other leaves at once with exit
# status 75, says nothing with -q and asks the source of candles for nothing.
root=$(realpath "$(dirname "$(realpath "$0")")/../..")
source "$(dirname "$(realpath "$0")")/support.sh"
python=/usr/bin/python3
"$python" -c 'import aiohttp' 2>/dev/null || skip "the fake server needs python3-aiohttp"
pairs=${PAIRS:-100}

awk 'BEGIN { print "timestamp,open,high,low,close,volume"
  for (i = 0; i < 900; ++i) { c = 20000 + int(3000 * sin(i / 70)) + (i * 7919 % 101) / 4
    printf "%d,%.2f,%.2f,%.2f,%.2f,%.3f\n", 1700002800 + 3600 * i, c - 1, c + 9.5, c - 7.25, c, 1 } }' >hours.csv
"$python" "$root/tests/support/fake_alpaca" --candles hours.csv --timeframe 1h --clock 99.5% --rebase >server.json 2>server.log </dev/null &
until_true 30 test -s server.json || { cat server.log >&2; fail "the fake server did not start"; }
rest=$(sed -E 's/.*"rest": ?"([^"]*)".*/\1/' server.json)
export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest
requests() { "$python" -c '
import json, sys, urllib.request
seen = json.load(urllib.request.urlopen(sys.argv[1] + "/_control/requests"))
print(len(seen if isinstance(seen, list) else seen["requests"]))' "$rest"; }

ctt init -q
printf '{"model":{"fcnet_hiddens":[8]},"window_size":4,"train_batch_size":64,"sgd_minibatch_size":32,"num_iterations":1}' >tiny.json
ctt packs create tiny --file tiny.json -q
ctt datasets create btc --source alpaca --timeframe 1h -q
# The learner goes on when the script has seen who left first: no pair depends on how fast it trains.
cat >learner <<LEARNER
#!/bin/sh
while [ ! -e "$work/go" ]; do sleep 0.005; done
exec "$CTT_BUILD/bin/ctt_fake_learner" "\$@"
LEARNER
chmod +x learner
export CTT_LEARNER_COMMAND=$work/learner
touch go
ctt train --dataset btc --pack tiny --name base --iterations 1 --candles 600 -q
ctt schedule start --name btc --base base --dataset btc --pack tiny --window 300 --iterations 1 --gate none -q
ctt cycle run --now -q
before=$(requests)
ctt cycle run --now -q
alone=$(($(requests) - before))
at_least "requests of a run by itself" "$alone" 1

before=$(requests)
quick=0 slowest=0
for ((i = 1; i <= pairs; ++i)); do
  rm go
  began=${EPOCHREALTIME/./}
  ctt cycle run --now -q >a.txt 2>&1 & a=$!
  ctt cycle run --now -q >b.txt 2>&1 & b=$!
  status=0; wait -n -p left $a $b || status=$?
  took=$((${EPOCHREALTIME/./} - began))
  touch go
  ((status == 75)) || fail "pair $i: the first to leave left with $status, wanted 75: $(cat a.txt b.txt)"
  stays=$((left == a ? b : a))
  status=0; wait "$stays" || status=$?
  ((status == 0)) || fail "pair $i: the one that worked left with $status: $(cat a.txt b.txt)"
  [[ ! -s a.txt && ! -s b.txt ]] || fail "pair $i: something was said: $(cat a.txt b.txt)"
  ((took <= 100000)) && quick=$((quick + 1))
  ((took > slowest)) && slowest=$took
done
is "pairs of which one worked" "$(sql "select count(*) - 2 from cycles where status = 'completed'")" "$pairs"
is "slots recorded as skipped, of none that were due" "$(sql "select count(*) from cycles where status = 'skipped'")" 0
asked=$(($(requests) - before))
# An hour may end meanwhile, and its candle be asked for once.
((asked <= pairs * alone + 1)) || fail "$asked requests by $pairs pairs, $alone by a run"
echo "ok: $asked requests by $pairs pairs, $alone by a run alone"
# Time is printed, not asserted: machines are shared. That it left before the other's learner went on is asserted above.
echo "   left within 100 ms: $quick of $pairs, slowest after $((slowest / 1000)) ms"

echo "-- pairs at a slot that is due"
for ((i = 1; i <= 20; ++i)); do
  # As if the schedule had become active a moment ago: the first slot learns, whether there is a new bar or none.
  sqlite3 "$CTT_HOME/ctt.db" "pragma busy_timeout = 5000; update continuous_training_schedules set next_cycle_at = next_cycle_at - 21600000, activated_at = $(date +%s%3N)" >/dev/null
  ctt cycle run -q & a=$!
  ctt cycle run -q & b=$!
  # The second may come when all is done: then nothing is due.
  for run in $a $b; do
    status=0; wait $run || status=$?
    ((status == 0 || status == 75)) || fail "pair $i: exit status $status"
  done
done
is "cycles of twenty slots" "$(sql "select count(*) - 2 - $pairs from cycles where status = 'completed'")" 20
is "slots lost to the other run" "$(sql "select count(*) from cycles where status = 'skipped'")" 0

echo "-- an installation without its learner: silence while nothing is due, a failed cycle that names it"
mkdir -p alone/bin; cp "$CTT_BUILD/bin/ctt" alone/bin/
CTT_LEARNER_COMMAND='' alone/bin/ctt cycle run >out.txt 2>&1 || fail "a run with nothing due left with $?: $(cat out.txt)"
[[ ! -s out.txt ]] || fail "a run with nothing due said: $(cat out.txt)"
CTT_LEARNER_COMMAND='' alone/bin/ctt cycle run --now >out.txt 2>&1 && fail "a cycle without a learner ended well"
is "the cycle's message" "$(sql "select message from cycles order by cycle_number desc limit 1")" "the learner $work/alone/libexec/ctt/ctt-learn is not installed"
