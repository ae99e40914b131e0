#!/usr/bin/env bash
# Candles, training, a paper trader and a hot swap, all from a fake Alpaca in real time: minute bars,
# so it takes about three minutes. Then what must not happen: a second trader, a key in a file.
source "$(dirname "$(realpath "$0")")/support.sh"
fake=$(dirname "$(realpath "$0")")/../support/fake_alpaca
python=/usr/bin/python3
$python -c 'import aiohttp' 2>/dev/null || skip "the fake Alpaca needs python3-aiohttp"

ulimit -c unlimited 2>/dev/null || echo "cores cannot be allowed here"
sentinel=SENTINEL$RANDOM$RANDOM$RANDOM
printf 'PK%s\nsecret-%s\n' "$sentinel" "$sentinel" >keys.txt
$python "$fake" --generate 3000 --clock 80% --rebase --speed 1 --keys keys.txt >ready.json 2>fake.txt < <(sleep 600) &
until_true 20 test -s ready.json || fail "the fake Alpaca did not start: $(cat fake.txt)"
address() { $python -c "import json; print(json.load(open('ready.json'))['$1'])"; }
rest=$(address rest)
export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest CTT_ALPACA_STREAM_URL=$(address stream)
control() { curl -fsS -X "$1" "$(address control)$2" ${3:+-d "$3"}; }

echo "-- from keys to a running paper trader"
ctt init -q
printf 'key_id = "PK%s"\nsecret_key = "secret-%s"\n' "$sentinel" "$sentinel" >"$CTT_HOME/alpaca.toml"
chmod 644 "$CTT_HOME/alpaca.toml"
ctt datasets create live --source alpaca --symbol BTC/USD --timeframe 1m -q
exits 4 "alpaca.toml" ctt datasets fetch live --candles 1500
chmod 600 "$CTT_HOME/alpaca.toml"
ctt datasets fetch live --candles 1500

# Barely trained and without costs to fear, this base wants to buy on most bars.
buys() { ctt backtest --experiment "$1" --dataset live --from "$(date -u -d '-1 hour' +%FT%TZ)" --json | sed -E 's/.*"buys":([0-9]+).*/\1/'; }
for seed in {1..30}; do
  ctt train --dataset live --pack quick --name "base-$seed" --seed "$seed" --iterations 1 --candles 1000 --costs free -q
  (($(buys "base-$seed") > 40)) && break
done
ctt schedule start --name live --base "base-$seed" --dataset live --pack quick --interval 6h --window 1000 --iterations 1 --gate none --costs free -q
exits 5 "need the number of the account" ctt trade --live
exits 5 "not of PA0" ctt trade --live --confirm PA0
ctt trade --max-position 1000 >trade.txt 2>&1 & trader=$!
until_true 30 trader_listens || fail "the trader did not start: $(cat trade.txt)"
exits 75 "has a trader already" ctt trade --schedule live

echo "-- a paper trade"
filled() { [[ -n $(sql "select 1 from live_orders where status = 'filled'") ]]; }
until_true 150 filled || fail "nothing was bought: $(ctt trade decisions; cat trade.txt)"
ctt trade orders
is "orders at the broker" "$(control GET /orders | grep -o '"client_order_id"' | wc -l)" "$(sql 'select count(*) from live_orders')"
held() { control GET /account | sed -E 's/.*"qty": "([0-9.]+)".*/\1/'; }
is "position of the session against the broker's" "$(sql "select printf('%.9g', position_qty) from live_sessions")" "$(printf '%.9g' "$(held)")"

echo "-- a cycle and a hot swap"
ctt cycle run --now -q
version=$(sql "select max(version) from models")
is "what the trader serves" "$(ctt trade status --json | sed -E 's/.*"model_version":([0-9]+).*/v\1/')" "v$version"
is "swaps in the trader" "$(sql 'select swap_count from live_sessions')" 1
decided() { [[ -n $(sql "select 1 from live_decisions where model_version = $version") ]]; }
until_true 130 decided || fail "the new model has decided nothing: $(ctt trade decisions)"
ctt trade decisions

echo "-- what the broker says of keys and account"
ctt doctor --online --check broker | tee doctor.txt
grep -q "^ok .*broker .*may trade" doctor.txt || fail "the doctor does not say that the account may trade"
control POST /faults '{"match":{"path":"/v2/account"},"fault":"status","status":401,"times":null}' >/dev/null
status=0
ctt doctor --online --check broker >out.txt || status=$?
is "exit when the keys are refused" $status 10
control DELETE /faults >/dev/null
grep -q "^x .*broker .*refuses the keys" out.txt || fail "refused keys are no finding: $(cat out.txt)"

echo "-- a crash that leaves no core, a start that finds its books, and the end of the position"
kill -ABRT $trader; wait $trader 2>/dev/null || is "the crash" $? 134
is "cores of a process that knew the keys" "$(find . -name 'core*' -type f | wc -l)" 0
ctt trade --max-position 1000 >trade.txt 2>&1 & trader=$!
until_true 30 trader_listens || fail "the trader did not start again: $(cat trade.txt)"
is "the state after the start" "$(ctt trade status --json | sed -E 's/.*"state":"([a-z]+)".*/\1/')" active
exits 2 "trades BTC/USD" ctt trade flatten --confirm ETH/USD
ctt trade flatten --confirm BTC/USD --reason "end of the test"
is "the stored state" "$(sql 'select trader_state from continuous_training_schedules')" halted
is "positions at the broker" "$(control GET /account | grep -c '"qty": "0*[1-9.]*[1-9]' || true)" 0
ctt trade stop -q
wait $trader || fail "the trader failed: $(cat trade.txt)"

echo "-- a position that somebody else bought, sold without a trader"
control POST /account '{"positions":{"BTC/USD":{"qty":"0.01","avg_entry_price":"28000"}}}' >/dev/null
is "position" "$(held)" 0.01
ctt trade flatten --confirm BTC/USD 2>flatten.txt
grep -q "holds 0.01 of BTC/USD; by our books it should be 0" flatten.txt || fail "the difference was not named: $(cat flatten.txt)"
is "positions at the broker" "$(control GET /account | grep -c '"qty": "0*[1-9.]*[1-9]' || true)" 0
ctt trade orders

echo "-- the books"
is "orders without an end" "$(sql "select count(*) from live_orders where status not in ('filled', 'cancelled', 'rejected')")" 0
is "orders of one id" "$(sql 'select count(*) - count(distinct client_order_id) from live_orders')" 0
printf '%s' "$sentinel" >"$work/keys.txt.part"
is "trades of the sessions, those of a flatten included" "$(sql 'select sum(total_trades) from live_sessions')" "$(sql 'select count(*) from live_trades')"
is "files with a key" "$(grep -rlF "$sentinel" "$work" | grep -cvE '/(keys.txt|keys.txt.part|alpaca.toml)$' || true)" 0
is "processes that show a key" "$(cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -cFf "$work/keys.txt.part" || true)" 0
