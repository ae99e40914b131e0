#!/usr/bin/env bash
# A replayed trade with the simulated broker makes the trades of `ctt backtest`, to the cent.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create demo --source synthetic --seed 11 --candles 3000 --timeframe 1h -q
for fill in next_open close; do
  for scheme in BSH TrailingStopBSH ConfirmationBSH; do
    pack=p-${fill/_/-}-${scheme,,}
    ctt packs create "$pack" --from quick --set fill=$fill --set action_scheme=$scheme -q
    ctt train --dataset demo --pack "$pack" --name "$pack" --iterations 2 -q
    ctt schedule start --name "$pack" --base "$pack" --dataset demo --pack "$pack" -q
    ctt trade --schedule "$pack" --replay dataset:demo -q
    ctt backtest --experiment "$pack" --dataset demo --trades backtest.csv >/dev/null
    session=$(sql "select id from live_sessions where schedule_id = '$pack'")
    sql "select side, printf('%.17g', price), printf('%.17g', size), printf('%.17g', commission) from live_trades where session_id = '$session' order by id" |
      awk -F'|' '{printf "%s,%.2f,%.8f,%.2f\n", $1, $2, $3, $4}' >trade.csv
    awk -F, 'NR > 1 {printf "%s,%.2f,%.8f,%.2f\n", $2, $3, $4, $6}' backtest.csv >wanted.csv
    at_least "$pack: trades" "$(wc -l <wanted.csv)" 1
    diff wanted.csv trade.csv >/dev/null || { diff wanted.csv trade.csv | head; fail "$pack: other trades"; }
    is "$pack: equity" "$(sql "select printf('%.17g', equity) from live_sessions where id = '$session'" | xargs printf '%.2f')" \
      "$(ctt backtest --experiment "$pack" --dataset demo --json | sed -E 's/.*"net_worth":([0-9.]+).*/\1/' | xargs printf '%.2f')"
  done
done
