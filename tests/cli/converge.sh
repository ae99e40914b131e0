#!/usr/bin/env bash
# What is desired is served in the end: after a deployment without a trader, after a lost message, after a trader that
# was killed while it loaded. ROUNDS of each (5; .ci/run: 34).
source "$(dirname "$(realpath "$0")")/support.sh"
rounds=${ROUNDS:-5}

ctt init -q
ctt datasets create demo --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
ctt train --dataset demo --pack quick --name base --iterations 1 --candles 1000 -q
ctt schedule start --name demo --base base --dataset demo --pack quick --window 1000 --iterations 1 --gate none -q
ctt cycle run --now -q
sha_of() { sql "select sha256 from models where version = $1"; }
sha=([1]=$(sha_of 1) [2]=$(sha_of 2))
socket=$CTT_HOME/run/trade-demo.sock

start_trader() {
  ctt trade --schedule demo --replay dataset:demo --speed 20 -q 2>trade.err &
  trader=$!
}
serves() { ctt trade status --json 2>/dev/null | grep -q "\"sha256\":\"${sha[$1]}\""; }
decided_by() { [[ -n $(sql "select 1 from live_decisions where session_id = (select id from live_sessions order by started_at desc limit 1) and model_version = $1 limit 1") ]]; }
deploy() { # VERSION; the exit status is 7 when no trader answered
  local status=0
  ctt models deploy "v$1" --schedule demo --wait 2s -q 2>deploy.err || status=$?
  ((status == 0 || status == 7)) || fail "deploy v$1: exit $status: $(cat deploy.err)"
}

want=2
other() { want=$((3 - want)); }
converged=0
count() { until_true 10 serves $want || fail "$1: v$want is desired and not served"; converged=$((converged + 1)); }

echo "-- deployed while no trader runs: served at its start"
for ((round = 0; round < rounds; ++round)); do
  other; deploy $want
  start_trader
  count "a start"
  kill -9 $trader; wait $trader 2>/dev/null || true
done
is "after a start" $converged "$rounds"

echo "-- the message is lost: served at one of the next bars"
start_trader
until_true 10 trader_listens || fail "the trader does not listen: $(cat trade.err)"
[[ -S $socket ]] || fail "no socket at $socket: $(ls "$CTT_HOME/run")"
for ((round = 0; round < rounds; ++round)); do
  other
  mv "$socket" "$socket.away"; deploy $want; mv "$socket.away" "$socket"
  count "a lost message"
done
is "after lost messages" $converged $((2 * rounds))

echo "-- killed while it loads: served by the next trader"
for ((round = 0; round < rounds; ++round)); do
  other
  deploy $want & deploying=$!
  sleep "0.0$((RANDOM % 5))$((RANDOM % 10))"
  kill -9 $trader; wait $trader 2>/dev/null || true
  wait $deploying || fail "$(cat deploy.err)"
  start_trader
  count "a kill"
done
is "after kills" $converged $((3 * rounds))
until_true 10 decided_by $want || fail "v$want decided nothing"
ctt trade stop -q
wait $trader || fail "the trader failed: $(cat trade.err)"
ctt db check || fail "the database is not sound"
