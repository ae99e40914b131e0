#!/usr/bin/env bash
# ctt on real candles, from an empty directory to a policy that was swapped inside a running trader.
# It can be read as a tutorial; the lines that begin with `is` and `at_least` are the test.
source "$(dirname "$(realpath "$0")")/support.sh"
candles=${CTT_REFERENCE:-/nowhere}/data/btcusd-1h.csv
[[ -f $candles ]] || skip "the BTC/USD hourly candles are not here (CTT_REFERENCE)"
row_time() { sed -n "$(($1 + 1))p" "$candles" | cut -d, -f1; } # the opening time of row 1, 2, ...

# A state directory with its database, six hyper-parameter packs and two datasets.
ctt init
is "number of packs" "$(sql 'select count(*) from hyperparameter_packs')" 6

# A dataset is a source of candles and a list of features.
ctt datasets create btc --source csv --file "$candles" --symbol BTC/USD --timeframe 1h
ctt datasets check btc

# The base policy learns from the first 9,000 rows.
ctt train --dataset btc --pack quick --name base --to "$(row_time 9000)" --seed 1
is "the base experiment" "$(sql "select status from experiments where name = 'base'")" completed

# A schedule trains on from it: windows of 2,000 bars, a candidate that passes the gate is deployed.
ctt schedule start --name btc --base base --dataset btc --pack quick --interval 6h --window 2000 --iterations 3 --gate none
ctt schedule status

# A trader serves the base (v1) and replays the bars that come after it.
ctt trade --schedule btc --replay dataset:btc --from "$(row_time 9001)" --speed 50 >trade.txt 2>&1 &
trader=$!
until_true 20 trader_listens || fail "the trader did not start: $(cat trade.txt)"

# What it decides can be followed while it does.
ctt trade decisions --follow --limit 1000000 --json >followed.txt & follower=$!

# Cron would call `ctt cycle run -q`. Here each cycle takes the window that ended at a row of the file.
for row in 9500 10000 10500; do
  ctt cycle run --now --window-end "$(row_time $row)"
done
ctt schedule history --lineage
ctt models list
ctt trade status

is "completed cycles" "$(sql "select count(*) from cycles where status = 'completed'")" 3
is "deployments the trader confirmed" "$(sql 'select count(*) from deployments where confirmed_at is not null')" 4
is "swaps in the trader" "$(sql 'select swap_count from live_sessions')" 3
is "bars of a window" "$(sql 'select distinct bars from cycles')" 2000
is "what the learner saw of it" "$(sql "select distinct json_extract(config, '\$.held_back_bars') from experiments where script = 'ctt cycle run'")" 200

# The rate of every cycle is 0.2 of the base's, whatever the generations between.
base_rate=$(sql "select json_extract(final_metrics, '\$.lr') from experiments where name = 'base'")
is "rate of every cycle against the base" \
  "$(sql "select distinct round(json_extract(final_metrics, '\$.lr') / $base_rate, 6) from experiments where script = 'ctt cycle run'")" 0.2

# The trader ends when it is told to; no bar was dropped or doubled, each decision names one model.
ctt trade stop
wait "$trader" || fail "the trader failed: $(cat trade.txt)"
cat trade.txt
is "bars between the first and the last decision without one" \
  "$(sql 'select (max(bar_open_time) - min(bar_open_time)) / 3600 + 1 - count(*) from live_decisions')" 0
is "bars decided twice" "$(sql 'select count(*) - count(distinct bar_open_time) from live_decisions')" 0
is "decisions of a model that was not served" \
  "$(sql 'select count(*) from live_decisions where model_version not in (select version from models)')" 0
every_decision_followed() { (($(wc -l <followed.txt) == $(sql 'select count(*) from live_decisions'))); }
until_true 5 every_decision_followed || fail "followed $(wc -l <followed.txt) decisions"
kill $follower; wait $follower || is "the end of following" $? 143
ctt trade decisions --audit
is "decisions that come out differently when they are made again" "$(ctt trade decisions --audit --json | sed -E 's/.*"without_bar":0,"without_account":0,"different":\[([^]]*)\].*/\1/')" ""
at_least "models that decided" "$(sql 'select count(distinct model_version) from live_decisions')" 3
at_least "events" "$(ctt events --json | wc -l)" 10

# The line of a crontab in what cron gives its programs: no variables but these, and a sh.
line=$(ctt schedule install --cron --print)
command=${line#"* * * * *  "}
(cd / && env -i HOME="$work" LOGNAME=nobody PATH=/usr/bin:/bin SHELL=/bin/sh /bin/sh -c "${command//\\%/%}") >cron.txt 2>&1 ||
  fail "what cron would run: $(cat cron.txt)"
is "what cron would mail" "$(cat cron.txt)" ""
