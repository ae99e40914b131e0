#!/usr/bin/env bash
# A dashboard's day by REST alone: a dataset, a training, a schedule, cycles, a trader, a rollback, a halt.
here=$(dirname "$(realpath "$0")")
source "$here/support.sh"

ctt init -q
ctt serve-ws --listen 127.0.0.1:0 --dashboard none --no-auth >address.txt 2>server.err &
until_true 5 test -s address.txt
api=$(sed 's|/$||' address.txt)/api

get() { curl -s "$api/$1"; }
# send METHOD PATH BODY: the status; the answer is in body.json
send() { curl -s -o body.json -w '%{http_code}' -X "$1" -H 'Content-Type: application/json' -d "$3" "$api/$2"; }
# of FILTER: from body.json
of() { python3 -c "import json,sys; print(eval('d' + sys.argv[1], {'d': json.load(open('body.json'))}))" "$1"; }
# shows PATH FILTER VALUE
shows() { get "$1" >body.json && [[ $(of "$2" 2>/dev/null) == "$3" ]]; }

is "a dataset is made" "$(send POST datasets '{"name":"made","source_type":"synthetic","source_config":
  {"symbol":"BTC/USD","timeframe":"1h","seed":7,"start":"2024-01-01T00:00:00Z"},
  "features":[{"type":"returns","periods":[1,4]},{"type":"rsi"}]}')" 201
get datasets/made/preview >body.json
is "columns of its preview" "$(of "['columns']")" "['ret_1h', 'ret_4h', 'rsi']"
is "a pack is copied" "$(send POST packs/quick/duplicate '{"name":"small"}')" 201
is "the copy is changed" "$(send PUT packs/small '{"config":{"model":{"fcnet_hiddens":[8]},"window_size":4,
  "train_batch_size":256,"num_envs":8,"fill":"next_open","num_iterations":3}}')" 200

is "a training is launched" "$(send POST training/launch '{"name":"base","hp_pack_id":"small","dataset_id":"made",
  "tags":["rest"],"candles":2000,"overrides":{"num_iterations":2}}')" 200
until_true 60 shows experiments/base "['experiment']['status']" completed || fail "base is not trained"
is "its iterations" "$(of "['iterations'].__len__()")" 2
is "its tags" "$(of "['experiment']['tags']")" "['rest']"

start='{"base_experiment_id":"base","dataset_id":"made","hp_pack_id":"small","name":"s","window_candles":400,
  "iterations_per_cycle":1,"gate":"none"}'
is "a start is previewed" "$(send POST 'continuous/start?dry_run=1' "$start")" 200
is "bars of its window" "$(of "['preview']['bars_present']")" 400
is "status after a preview" "$(get continuous/status | grep -o '"status":"idle"')" '"status":"idle"'
is "a start" "$(send POST continuous/start "$start")" 201
is "a second start" "$(send POST continuous/start "$start")" 409

ctt trade --schedule s --replay dataset:made --speed 20 >trade.log 2>&1 &
until_true 20 shows live/status "['running']" True || { cat trade.log >&2; fail "the trader is not seen"; }
is "a cycle now" "$(send POST continuous/run-now '{}')" 202
until_true 60 shows continuous/status "['deployed']['model_version']" 2 || fail "v2 is not deployed"
until_true 10 shows continuous/history "['items'][0]['live']" True || fail "cycle 1 is not live"

is "a rollback" "$(send POST models/rollback '{}')" 202
until_true 10 shows models/1 "['live'][0]['schedule_id']" s || fail "v1 does not serve again"
get continuous/status >body.json
is "frozen after a rollback" "$(of "['frozen']")" True
is "a deployment" "$(send POST models/2/deploy '{}')" 202
until_true 10 shows models/2 "['live'][0]['schedule_id']" s || fail "v2 does not serve again"

until_true 10 shows live/equity "['total'] > 10" True || fail "no curve of equity"
get "live/bars?max_points=5" >body.json
is "sampled bars" "$(of "['t'].__len__()")" 5

is "a halt" "$(send POST live/halt '{"reason":"a look"}')" 200
is "the trader was asked" "$(of "['trader_running']")" True
until_true 5 shows live/status "['state']" halted || fail "the halt is not seen"
is "a resume" "$(send POST live/resume '{}')" 200
get openapi.json | cmp - "$here/../../lib/serve/openapi.json" || fail "the contract is another one"
