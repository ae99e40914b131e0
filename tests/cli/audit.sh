#!/usr/bin/env bash
# What was traded beside its replay: a session that went as assumed equals it; higher fees, a halt and a decision that
# nobody made are told apart; the report of it is a page and a document with the same numbers.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create made-up --source synthetic --seed 11 --candles 1500 --timeframe 1h -q
ctt datasets export made-up --format csv -o all.csv -q
cp all.csv candles.csv
ctt datasets create d --source csv --file candles.csv --symbol BTC/USD --timeframe 1h -q
ctt train --dataset d --pack quick --name base --iterations 2 --candles 1000 -q
ctt schedule start --name s --base base --dataset d --pack quick -q
exits 3 "no trader has served s yet" ctt trade audit s
exits 3 "no trader has served s yet" ctt report

value() { sed -E "s/.*\"$1\":(-?[0-9.e-]+).*/\1/" | xargs printf '%.2f'; }
gap() { ctt trade audit s --json "$@" | sed -E 's/.*"gap":\{([^}]*)\}.*/{\1}/'; }

echo "-- as assumed"
ctt trade --replay dataset:d -q
ctt trade audit
is "the gap" "$(gap | value total)" "0.00"
at_least "fills" "$(ctt trade audit --json | grep -o '"assumed_price"' | wc -l)" 2
is "decisions that differ" "$(ctt trade audit s --json | sed -E 's/.*"differences":\[([^]]*)\].*/\1/')" ""
is "audit by another name" "$(ctt trade decisions --audit --json | cksum)" "$(ctt trade audit --schedule s --json | cksum)"
ctt report
grep -q "<h1>s traded .* to the cent as its replay" report-s.html || fail "no sentence on the page"
grep -qE "https?:|<script" report-s.html && fail "the page loads or runs something"
session=$(sql "select id from live_sessions")
ctt report --session "${session:5:8}" --json >report.json
is "kind of the document" "$(sed -E 's/.*"kind":"([a-z]+)".*/\1/' report.json)" session
is "verdict" "$(sed -E 's/.*"verdict":"(as_replayed)".*/\1/' report.json)" as_replayed
[[ $(ctt complete-words -- report --session live) == "$session" ]] || fail "no completion of sessions"

echo "-- twice the fee"
ctt trade --replay dataset:d --costs commission=0.004,half_spread=0 -q
at_least "cents that fees cost" "$(gap | value fees | tr -d '.-' | sed 's/^0*//')" 100
is "what is no fee" "$(gap | sed -E 's/.*"decisions":([^,]*),"prices":([^,]*),.*"missed_bars":([^,]*),"unexplained":([^}]*)\}/\1 \4/' | xargs printf '%.2f %.2f')" "0.00 0.00"

echo "-- a halt"
ctt trade --replay dataset:d --max-drawdown 0.5 -q
is "trader" "$(sql 'select trader_state from continuous_training_schedules')" halted
is "reasons" "$(ctt trade audit --json | grep -oE '"reason":"(halted)"' | sort -u)" '"reason":"halted"'
ctt trade resume -q

echo "-- a decision that its policy would not have made"
ctt trade --replay dataset:d -q
session=$(sql "select id from live_sessions order by rowid desc limit 1")
sqlite3 "$CTT_HOME/ctt.db" "update live_decisions set action = 2 - action where session_id = '$session' and step = 40 and action <> 1; update live_decisions set action = 0 where session_id = '$session' and step = 40 and action = 1"
status=0
ctt trade audit >audit.txt || status=$?
is "exit status" "$status" 10
grep -q "Nobody explains 1 decision" audit.txt || fail "$(cat audit.txt)"

echo "-- what cannot be looked at"
exits 3 "has decided on no bar from" ctt trade audit --from 2100-01-01
exits 3 "live-none" ctt report --session live-none
head -n 1200 all.csv >candles.csv
ctt trade audit >audit.txt || true
grep -q "Dataset d lacks" audit.txt || fail "missing bars are not named: $(cat audit.txt)"
head -n 100 all.csv >candles.csv
exits 6 "has none of the bars" ctt report
