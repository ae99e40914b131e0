#!/usr/bin/env bash
# A paper trader on a fake Alpaca and, beside it, a replay of the same schedule whose bars lose 90 %: the replay
# halts, and of what the real trader stands on not a byte is another. The trader is stopped meanwhile, so that all
# that changes is the replay's doing; then it trades on.
here=$(dirname "$(realpath "$0")")
# Bars of a minute come every six seconds.
if [[ -z ${CTT_FAST_CLOCK:-} && -z ${CTT_SANITIZE:-} ]]; then exec "$here/../../scripts/fast-clock" 10 "$here/replay_beside.sh"; fi
source "$here/support.sh"
fake=$here/../support/fake_alpaca
python=/usr/bin/python3
[[ -z ${CTT_SANITIZE:-} ]] || skip "needs a clock that runs fast, which sanitizers do not"
$python -c 'import aiohttp' 2>/dev/null || skip "the fake Alpaca needs python3-aiohttp"

$python "$fake" --generate 3000 --clock 80% --rebase --speed 1 >ready.json 2>fake.txt < <(sleep 600) &
until_true 20 test -s ready.json || fail "the fake Alpaca did not start: $(cat fake.txt)"
address() { $python -c "import json; print(json.load(open('ready.json'))['$1'])"; }
rest=$(address rest)
export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest CTT_ALPACA_STREAM_URL=$(address stream)

ctt init -q
printf 'key_id = "%s"\nsecret_key = "%s"\n' "$(address key)" "$(address secret)" >"$CTT_HOME/alpaca.toml"
chmod 600 "$CTT_HOME/alpaca.toml"
ctt datasets create live --source alpaca --symbol BTC/USD --timeframe 1m -q
ctt datasets fetch live --candles 1500 -q
buys() { ctt backtest --experiment "$1" --dataset live --from "$(date -u -d '-1 hour' +%FT%TZ)" --json | sed -E 's/.*"buys":([0-9]+).*/\1/'; }
for seed in {1..30}; do
  ctt train --dataset live --pack quick --name "base-$seed" --seed "$seed" --iterations 1 --candles 1000 --costs free -q
  (($(buys "base-$seed") > 40)) && break
done
ctt schedule start --name live --base "base-$seed" --dataset live --pack quick --interval 6h --window 1000 --iterations 1 --gate none --costs free -q
ctt trade --max-position 1000 >trade.txt 2>&1 & trader=$!
until_true 30 trader_listens || fail "the trader did not start: $(cat trade.txt)"
decided() { sql "select count(*) from live_decisions as d join live_sessions as s on s.id = d.session_id where s.account <> ''"; }
acted() { (($(decided) > ${1:-0})); }
until_true 150 acted || fail "the trader decided nothing: $(cat trade.txt)"

echo "-- the fall, beside a trader that stands still"
# Not in the middle of a write: nobody else could write until it goes on.
stopped_at_rest() { kill -STOP $trader; flock -n "$CTT_HOME/ctt.db.lock" true || { kill -CONT $trader; return 1; }; }
until_true 20 stopped_at_rest || fail "the trader writes all the time"
real() {
  sql "select * from continuous_training_schedules"
  sql "select * from deployments order by id"
  for table in live_orders live_trades live_decisions; do
    sql "select t.* from $table as t join live_sessions as s on s.id = t.session_id where s.account <> '' order by 1, 2"
  done
  sql "select * from live_sessions where account <> ''"
}
real >before.txt
# Whoever holds a position when the price falls to a tenth: tried at some bars, since a policy need not hold at one.
for skipped in 0 7 19 31 53; do
  sql "select open_time, open, high, low, close, volume from candles order by open_time desc limit -1 offset $skipped" | tac |
    awk -F'|' 'BEGIN { print "timestamp,open,high,low,close,volume" } { print $1","$2","$3","$4","$5","$6; t = $1; c = $5 }
      END { for (i = 1; i < 20; ++i) printf "%d,%s,%s,%s,%s,1\n", t + 60 * i, c / 10, c / 10, c / 10, c / 10 }' >fall.csv
  ctt trade --schedule live --replay fall.csv --max-drawdown 30 >replay.txt 2>&1 || fail "the replay: $(cat replay.txt)"
  grep -q halted replay.txt && break
done
grep -q halted replay.txt || fail "the replay did not halt: $(cat replay.txt)"
real >after.txt
diff before.txt after.txt || fail "the replay changed what the trader stands on"
echo "ok: not a byte of the real trader's rows changed"

echo "-- a replay that is killed"
ctt trade --schedule live --replay fall.csv --speed 5 >killed.txt 2>&1 & replay=$!
running() { sql "select count(*) from live_sessions where replay = 1 and status = 'running'"; }
until_true 20 test "$(running)" != 0 || until_true 20 grep -q "trading schedule" killed.txt || fail "no replay: $(cat killed.txt)"
kill -KILL $replay; wait $replay 2>/dev/null || true
is "sessions of killed replays" "$(running)" 1
ctt trade --schedule live --replay fall.csv -q >/dev/null
is "sessions of killed replays after the next one" "$(running)" 0
real | diff before.txt - || fail "the end of the killed replay changed what the trader stands on"

echo "-- orders of replays are apart, and shown when asked for"
is "orders of the trader" "$(ctt trade orders --json --limit 10000 | grep -o '"client_order_id"' | wc -l)" \
  "$(sql "select count(*) from live_orders as o join live_sessions as s on s.id = o.session_id where s.account <> ''")"
is "orders of replays" "$(ctt trade orders --replays --json --limit 10000 | grep -o '"client_order_id"' | wc -l)" \
  "$(sql "select count(*) from live_orders as o join live_sessions as s on s.id = o.session_id where s.account = ''")"

echo "-- the trader trades on"
seen=$(decided)
kill -CONT $trader
until_true 150 acted "$seen" || fail "the trader decided nothing after the replay: $(cat trade.txt)"
is "its state" "$(ctt trade status --json | sed -E 's/.*"state":"([a-z]+)".*/\1/')" active
is "refusals of its streams" "$(ctt trade status --json | sed -E 's/.*"stream_refusals":([0-9]+).*/\1/')" 0
ctt trade stop -q
wait $trader || fail "the trader failed: $(cat trade.txt)"

echo "-- what it traded, beside the replay of the same bars"
ctt datasets fetch live --candles 500 -q
ctt trade audit >audit.txt || fail "the audit: $(cat audit.txt)"
cat audit.txt
ctt report -o report.html -q
grep -q "<h1>live traded" report.html || fail "the report has no sentence"
