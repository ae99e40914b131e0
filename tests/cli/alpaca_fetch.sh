#!/usr/bin/env bash
# Candles from a fake Alpaca into the database and into a cycle: complete, in order, once; little memory,
# few requests; defects by policy; keys nowhere.
root=$(realpath "$(dirname "$(realpath "$0")")/../..")
source "$(dirname "$(realpath "$0")")/support.sh"
python=/usr/bin/python3
"$python" -c 'import aiohttp' 2>/dev/null || skip "the fake server needs python3-aiohttp"

# serve NAME OPTIONS...: a fake server; its addresses are in NAME.json, ctt asks it from now on.
serve() {
  local name=$1
  shift
  "$python" "$root/tests/support/fake_alpaca" "$@" >"$name.json" 2>"$name.log" </dev/null &
  until_true 30 test -s "$name.json" || { cat "$name.log" >&2; fail "the fake server $name did not start"; }
  rest=$(sed -E 's/.*"rest": ?"([^"]*)".*/\1/' "$name.json")
  export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest
}
control() { # control METHOD PATH [BODY]
  "$python" - "$rest/_control$2" "$1" "${3:-}" <<'PY'
import sys, urllib.request
url, method, body = sys.argv[1:]
request = urllib.request.Request(url, body.encode() or None, {"Content-Type": "application/json"}, method=method)
print(urllib.request.urlopen(request).read().decode())
PY
}
requests() { control GET '/requests?path=/v1beta3/crypto/us/bars' | "$python" -c '
import json, sys
seen = json.load(sys.stdin)
for request in seen if isinstance(seen, list) else seen["requests"]: print(request["query"]["start"])'; }
# hours COUNT: an hourly candle file, a slow wave.
hours() {
  awk -v n="$1" 'BEGIN { print "timestamp,open,high,low,close,volume"
    for (i = 0; i < n; ++i) { c = 20000 + int(3000 * sin(i / 70)) + (i * 7919 % 101) / 4
      printf "%d,%.2f,%.2f,%.2f,%.2f,%.3f\n", 1700002800 + 3600 * i, c - 1, c + 9.5, c - 7.25, c, 0.5 + i % 9 } }'
}
# peak FILE COMMAND...: runs it, its largest resident size in KiB goes to the file.
peak() { "$python" -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)' "$@"; }

ctt init -q
id=PKSENTINELKEYID00001 secret=sentinel-secret-0123456789abcdefghijklmnop
printf '%s\n%s\n' "$id" "$secret" >server.keys
hours 13300 >hours.csv

echo "-- thirteen thousand hours in short pages"
serve hours --candles hours.csv --timeframe 1h --clock 99.5% --rebase --speed 1 --page-rows 420 --page-minutes 0 --keys server.keys
ctt datasets create btc --source alpaca --timeframe 1h -q
peak peak.txt ctt datasets fetch btc --candles 13000 --json >fetch.json
echo "   $(cat fetch.json)"
is "bars" "$(sql 'select count(*), count(distinct open_time) from candles')" '13000|13000'
is "holes" "$(sql 'select (max(open_time) - min(open_time)) / 3600 + 1 - count(*) from candles')" 0
is "bars that had not closed" "$(sql "select count(*) from candles where open_time + 3600 > unixepoch()")" 0
at_least "pages asked for" "$(requests | wc -l)" 31
if [[ -z ${CTT_SANITIZE:-} ]]; then at_least "KiB left of 40 MiB" $((40960 - $(cat peak.txt))) 0; fi

echo "-- a second fetch"
control DELETE /requests >/dev/null
ctt datasets fetch btc --candles 13000 -q
newest=$(sql 'select max(open_time) from candles')
is "questions" "$(requests)" "$(date -u -d "@$((newest - 11 * 3600))" +%Y-%m-%dT%H:%M:%SZ)"
control POST /bars "{\"symbol\":\"BTC/USD\",\"set\":[{\"t\":\"$(date -u -d "@$((newest - 3600))" +%FT%TZ)\",\"v\":77}]}" >/dev/null
ctt datasets fetch btc --json | grep -q '"revised":1' || fail "a revised bar was not told"
is "a revised bar's volumes, now and before" "$(sql "select c.volume, r.volume != 77 from candles c join candle_revisions r
  using (series_id, open_time)")" '77.0|1'
ctt datasets check btc | grep -q 'Nothing here would block a cycle' || fail "the bars are not taken"
ctt datasets export btc -o btc.csv -q
is "rows of the export" "$(wc -l <btc.csv)" "$(($(sql 'select count(*) from candles') + 1))"

echo "-- what goes wrong"
exits 2 'write BTC/USD' ctt datasets create bad --source alpaca --symbol BTCUSD
ctt datasets create typo --source alpaca --symbol BTK/USD -q
exits 3 'no bars of BTK/USD' ctt datasets fetch typo --candles 10
printf 'key_id = "%s"\nsecret_key = "%s"\n' "$id" "$secret" >"$CTT_HOME/alpaca.toml"
chmod 644 "$CTT_HOME/alpaca.toml"
exits 4 'readable by others' ctt datasets fetch btc --candles 20
chmod 600 "$CTT_HOME/alpaca.toml"
ctt datasets fetch btc --candles 20 -q
exits 3 'did you mean "BTC/USD"' ctt datasets fetch typo --candles 10
cp "$CTT_HOME/alpaca.toml" wrong.toml && sed -i 's/secret-0/secret-1/' wrong.toml
exits 4 'refuses the keys' ctt datasets fetch btc --candles 20 --credentials wrong.toml
exits 2 'must begin with https://' env CTT_ALPACA_DATA_URL=http://example.com ctt datasets fetch btc --candles 20
exits 7 'connection refused' env CTT_ALPACA_DATA_URL=http://127.0.0.1:9 ctt datasets fetch btc --candles 20
is "bars after all this" "$(sql 'select count(*) from candles where open_time <= '"$newest")" 13000

echo "-- keys of the environment, while a fetch runs"
control POST /faults '{"fault":"delay","seconds":3,"times":1}' >/dev/null
APCA_API_KEY_ID=$id APCA_API_SECRET_KEY=$secret ctt datasets fetch btc --candles 20 -vv --log-format json >slow.out 2>slow.err &
running=$!
sleep 1
tr '\0' '\n' <"/proc/$running/environ" >seen.txt 2>/dev/null || true
tr '\0' '\n' <"/proc/$running/cmdline" >>seen.txt
wait "$running"
grep -q '^CTT_HOME=' seen.txt || fail "the environment of the fetch could not be read"
rm -f server.keys wrong.toml "$CTT_HOME/alpaca.toml"
if grep -rlaF -e "$id" -e "$secret" "$CTT_HOME" ./*.txt ./*.json slow.out slow.err; then fail "a key is there"; fi
echo "ok: no key in state, output, environment or process list"

echo "-- a base, a cycle, and a cycle that is blocked"
hours 1400 | sed 900,903d >holes.csv
serve holes --candles "ETH/USD=holes.csv" --timeframe 1h --clock 99.9% --rebase --speed 1
control POST /faults '[{"fault":"status","status":503},{"fault":"status","status":429},{"fault":"half_body"}]' >/dev/null
ctt datasets create eth --source alpaca --symbol ETH/USD --timeframe 1h -q
ctt train --dataset eth --pack quick --name base --candles 1000 --iterations 1 -q
ctt schedule start --name filled --base base --dataset eth --pack quick --window 600 --iterations 1 -q
ctt cycle run --schedule filled --now -q
is "the cycle that fills" "$(sql "select status, defects ->> '\$.hole.count' from cycles where schedule_id = 'filled'")" 'completed|4'
ctt schedule start --name strict --base base --dataset eth --pack quick --window 600 --iterations 1 --data-policy hole=block -q
exits 6 'defects that block: 4 hole' ctt cycle run --schedule strict --now
is "its row" "$(sql "select status, reason, defects ->> '\$.hole.count' from cycles where schedule_id = 'strict'")" 'failed|data_blocked|4'
kill "$(sed -E 's/.*"pid": ?([0-9]+).*/\1/' holes.json)"
CTT_CYCLE_RETRY=0 exits 7 'connection refused' ctt cycle run --schedule filled --now
is "its row" "$(sql "select status, reason from cycles where schedule_id = 'filled' order by id desc limit 1")" 'failed|data_unavailable'

reference=${CTT_REFERENCE:-}/data/gappy-1m.csv
[[ -r $reference ]] || { echo "skipped: the thin market, data/gappy-1m.csv is not here"; exit 0; }
echo "-- a thin market's minutes and hours"
serve thin --candles "LTC/USD=$reference" --timeframe 1m --clock end
control POST /clock '{"advance_s":30}' >/dev/null
first=$(sed -n '2s/,.*//p' "$reference") last=$(tail -1 "$reference" | sed 's/,.*//')
for width in 1m 1h; do
  ctt datasets create "thin-$width" --source alpaca --symbol LTC/USD --timeframe $width -q
  ctt datasets fetch "thin-$width" --from "$first" --to "$last" -q
done
is "minutes" "$(sql "select count(*) from candles join candle_series s on s.id = series_id where symbol = 'LTC/USD' and timeframe = '1m'")" \
  "$(($(wc -l <"$reference") - 1))"
is "hours that are not their minutes" "$(sql "
  with m as (select open_time - open_time % 3600 hour, open_time, open, high, low, close, volume from candles
             join candle_series s on s.id = series_id where symbol = 'LTC/USD' and timeframe = '1m'),
  sums as (select hour, max(high) high, min(low) low, sum(volume) volume, min(open_time) opened, max(open_time) closed from m group by hour),
  added as (select hour, (select open from m where open_time = opened) open, high, low,
            (select close from m where open_time = closed) close, volume from sums),
  h as (select c.* from candles c join candle_series s on s.id = series_id where symbol = 'LTC/USD' and timeframe = '1h')
  select count(*) from h left join added a on a.hour = h.open_time
  where a.hour is null or a.open != h.open or a.high != h.high or a.low != h.low or a.close != h.close
     or abs(a.volume - h.volume) > 1e-6")" 0
at_least "hours" "$(sql "select count(*) from candles join candle_series s on s.id = series_id where symbol = 'LTC/USD' and timeframe = '1h'")" 100
