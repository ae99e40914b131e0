#!/usr/bin/env bash
# Bad input: one clear sentence, the exit status of the manual, and nothing changed.
source "$(dirname "$(realpath "$0")")/support.sh"

echo "-- words"
exits 2 'unknown command "shedule" (did you mean "schedule"?)' ctt shedule
exits 2 'unknown command "stats" (did you mean "status"?)' ctt schedule stats
exits 2 'unknown option "--intervall" (did you mean "--interval"?)' ctt schedule start --intervall 6h --base b --dataset d --pack p
exits 2 'Usage: ctt schedule' ctt schedule
exits 3 'there is no ctt state in' ctt schedule status

ctt init -q
fingerprint() { sqlite3 -readonly "$CTT_HOME/ctt.db" .dump | sha256sum; }
before=$(fingerprint)

echo "-- candles"
printf 'timestamp,open,high,low,close\n2024-01-01T00:00:00Z,1,1,1,1\n' >no-volume.csv
exits 6 'volume' ctt datasets create bad --source csv --file no-volume.csv
printf 'timestamp,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,1,1,one,5\n' >text.csv
exits 6 'line 2' ctt datasets create bad --source csv --file text.csv
exits 3 'nowhere.csv' ctt datasets create bad --source csv --file nowhere.csv
is "the database after refused candles" "$(fingerprint)" "$before"

echo "-- packs"
exits 2 'gama' ctt packs create mine --from quick --set gama=0.9
exits 2 'lr' ctt packs create mine --from quick --set lr=fast
exits 3 'no pack' ctt packs show nothing
is "the database after refused packs" "$(fingerprint)" "$before"

echo "-- schedules and models"
exits 3 'no schedule' ctt schedule status --schedule nothing
exits 3 'no experiment' ctt schedule start --base nothing --dataset synthetic-1h --pack quick
exits 3 'no dataset' ctt train --dataset nothing --pack quick
exits 2 'not a duration' ctt schedule start --base b --dataset synthetic-1h --pack quick --interval soon
ctt datasets create demo --source synthetic --seed 7 --candles 1200 --timeframe 1h -q
ctt train --dataset demo --pack quick --name base --iterations 1 -q
exits 5 'do not fit base' ctt schedule start --base base --dataset demo --pack standard
ctt schedule start --base base --dataset demo --pack quick --window 500 -q

echo "-- a damaged checkpoint"
model=$(find "$CTT_HOME/models" -name '*.safetensors' ! -name '*.optimizer.*')
cp "$model" good; chmod u+w "$model"
printf '\x7f' | dd of="$model" bs=1 seek=$(($(stat -c %s "$model") / 2)) conv=notrunc status=none
exits 8 'sha256' ctt backtest --model v1 --dataset demo
exits 8 'sha256' ctt cycle run --now
is "the cycle over it" "$(sql 'select status, reason from cycles')" 'failed|integrity'
cp -f good "$model"

echo "-- places"
printf 'not a database, but long enough to be looked at' >"$work/other.db"
mkdir "$work/foreign"; cp "$work/other.db" "$work/foreign/ctt.db"
exits 8 'ctt.db' ctt init --home "$work/foreign"
cmp -s "$work/other.db" "$work/foreign/ctt.db" || fail "the foreign file was changed"
cp "$CTT_HOME/ctt.db" newer.db; mkdir "$work/newer"; sqlite3 newer.db 'pragma user_version = 999'; cp newer.db "$work/newer/ctt.db"
exits 8 '999' ctt schedule status --home "$work/newer"
mkdir "$work/emptied"; : >"$work/emptied/ctt.db"
exits 8 'ctt db restore' ctt cycle run -q --home "$work/emptied"
exits 8 'emptied/ctt.db is damaged: it has 0 bytes' ctt init --home "$work/emptied"
is "the size of an emptied database" "$(stat -c %s "$work/emptied/ctt.db")" 0
ctt db backup copy.db -q
ctt db restore copy.db --confirm ctt.db -q --home "$work/emptied"
ctt db restore copy.db --confirm ctt.db -q --home "$work/newer"
is "an emptied and a newer one after a restore" "$(ctt schedule status -q --home "$work/emptied" >/dev/null && ctt schedule status -q --home "$work/newer" >/dev/null; echo $?)" 0
if [[ $(id -u) != 0 ]]; then
  mkdir "$work/locked"; chmod 500 "$work/locked"
  exits 1 'locked' ctt init --home "$work/locked/home"
else
  exits 1 '/proc' ctt init --home /proc/ctt
fi

echo "-- settings"
printf 'colour = "never"\n' >ctt.toml
exits 2 'unknown setting "colour" (did you mean "color"?)' ctt schedule status
rm ctt.toml
exits 2 'learner.threads must be a whole number' env CTT_LEARNER_THREADS=many ctt schedule status
