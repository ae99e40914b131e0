#!/usr/bin/env bash
# Alarms as a person gets them: a halt, a killed trader, refused keys, a failed cycle and a full disk reach a webhook
# and a program within ten seconds and once each, whichever of trader, server and cycle notices first.
if [[ ${CTT_IN_NAMESPACE:-} != yes ]] && unshare --user --map-root-user --mount true 2>/dev/null; then
  CTT_IN_NAMESPACE=yes exec unshare --user --map-root-user --mount "$(realpath "$0")"
fi
source "$(dirname "$(realpath "$0")")/support.sh"
fake=$(dirname "$(realpath "$0")")/../support/fake_alpaca
python=/usr/bin/python3
$python -c 'import aiohttp' 2>/dev/null || skip "the fake Alpaca needs python3-aiohttp"
export CTT_LEARNER_COMMAND=$CTT_BUILD/bin/ctt_fake_learner

# A disk of its own where that is allowed, to fill it up.
small=no
mkdir "$CTT_HOME"
if [[ ${CTT_IN_NAMESPACE:-} == yes ]] && mount -t tmpfs -o size=1200m,mode=700 tmpfs "$CTT_HOME" 2>/dev/null; then small=yes; fi

cat >webhook.py <<'PY'
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open("hooked.txt", "ab") as told:
            told.write(body + b"\n")
        self.send_response(200)
        self.end_headers()
    def do_GET(self):
        open("beats.txt", "ab").write(b"beat\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
print(server.server_port, flush=True)
server.serve_forever()
PY
$python webhook.py >port.txt &
until_true 20 test -s port.txt || fail "no webhook"
printf '#!/bin/sh\ncat >>%s/commanded.txt\n' "$work" >told.sh
chmod +x told.sh
touch hooked.txt commanded.txt beats.txt

$python "$fake" --generate 3000 --clock 80% --rebase --speed 1 >ready.json 2>fake.txt < <(sleep 600) & broker=$!
until_true 20 test -s ready.json || fail "the fake Alpaca did not start: $(cat fake.txt)"
address() { $python -c "import json; print(json.load(open('ready.json'))['$1'])"; }
rest=$(address rest)
export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest CTT_ALPACA_STREAM_URL=$(address stream)
control() { curl -fsS -X "$1" "$(address control)$2" ${3:+-d "$3"}; }

ctt init -q
printf 'key_id = "%s"\nsecret_key = "%s"\n' "$(address key)" "$(address secret)" >"$CTT_HOME/alpaca.toml"
chmod 600 "$CTT_HOME/alpaca.toml"
exits 2 "nobody is told anything" ctt notify test
exits 2 "https://" env CTT_NOTIFY_URL=http://example.com/hook ctt notify test
export CTT_NOTIFY_URL=http://127.0.0.1:$(cat port.txt)/hook CTT_NOTIFY_COMMAND=$work/told.sh CTT_NOTIFY_HEARTBEAT=http://127.0.0.1:$(cat port.txt)/beat
ctt notify test
is "tests that arrived" "$(cat hooked.txt commanded.txt | grep -c '"event":"test"')" 2
status=0
CTT_NOTIFY_COMMAND=/no/such/program ctt notify test >refused.txt || status=$?
is "exit with a program that is not there" $status 7
: >hooked.txt >commanded.txt >beats.txt

printf '{"model":{"fcnet_hiddens":[8]},"window_size":4,"train_batch_size":64,"sgd_minibatch_size":32,"num_iterations":1}' >tiny.json
ctt packs create tiny --file tiny.json -q
ctt datasets create live --source alpaca --symbol BTC/USD --timeframe 1m -q
ctt datasets fetch live --candles 1200 -q
ctt train --dataset live --pack tiny --name base --iterations 1 --candles 800 -q
ctt schedule start --name live --base base --dataset live --pack tiny --interval 6h --window 500 --iterations 1 --gate none -q
ctt serve-ws --listen 127.0.0.1:0 --dashboard none -q 2>server.err & server=$!
ctt trade --max-position 1000 >trade.txt 2>&1 & trader=$!
until_true 30 trader_listens || fail "the trader did not start: $(cat trade.txt)"

told() { (($(grep -c "\"event\":\"$1\"" "$2") >= 1)); }
# arrives EVENT: within ten seconds, by both ways
arrives() {
  for file in hooked.txt commanded.txt; do
    until_true 10 told "$1" $file || fail "$1 is not in $file: $(cat $file server.err trade.txt)"
  done
  echo "ok: $1 arrived: $(grep "\"event\":\"$1\"" hooked.txt | sed -E 's/.*"reason":"([^"]*)".*/\1/')"
}

echo "-- a halt"
ctt trade halt -q --reason "for a look"
arrives halted
ctt trade resume -q

echo "-- keys that are revoked"
control POST /faults '{"match":{"path":"/v2/account"},"fault":"status","status":401,"times":null}' >/dev/null
arrives keys_refused
control DELETE /faults >/dev/null

echo "-- a cycle that fails, and one that does not"
! FAKE_LEARNER=die ctt cycle run --now -q 2>/dev/null || fail "the cycle did not fail"
arrives cycle_failed
is "beats of the heart before a good cycle" "$(wc -l <beats.txt)" 0
ctt cycle run --now -q
arrives model_deployed
until_true 10 test -s beats.txt || fail "the heart does not beat"

echo "-- a trader that is killed"
kill -9 $trader
arrives trader_gone

if [[ $small == yes ]]; then
  echo "-- a disk that fills up"
  dd if=/dev/zero of="$CTT_HOME/filler" bs=1M count=$(($(df -m --output=avail "$CTT_HOME" | tail -1) - 150)) 2>/dev/null
  arrives disk_full
  echo "-- and then to the last byte: a position can still be sold, and a trader starts"
  ls "$CTT_HOME/ctt.db.reserve" || fail "the trader has set no room aside"
  dd if=/dev/zero bs=64k 2>/dev/null >>"$CTT_HOME/filler" || true
  is "KiB that are free" "$(df -k --output=avail "$CTT_HOME" | tail -1 | tr -d ' ')" 0
  ctt trade flatten --confirm BTC/USD 2>&1 | tee flatten.txt
  grep -q "are given up" flatten.txt || fail "the room is not given up"
  rm "$CTT_HOME/filler"
fi

# Minutes of the market in seconds, for a broker that falls silent.
if [[ -z ${CTT_SANITIZE:-} && -e $CTT_BUILD/lib/libctt_fast_clock.so ]]; then
  echo "-- bars that stop"
  kill $broker $server
  wait $broker $server 2>/dev/null || true
  rm ready.json
  $python "$fake" --generate 3000 --clock 80% --rebase --speed 60 >ready.json 2>fake.txt < <(sleep 600) & broker=$!
  until_true 20 test -s ready.json || fail "the second fake Alpaca did not start: $(cat fake.txt)"
  rest=$(address rest)
  export CTT_ALPACA_DATA_URL=$rest CTT_ALPACA_TRADING_URL=$rest CTT_ALPACA_STREAM_URL=$(address stream)
  printf 'key_id = "%s"\nsecret_key = "%s"\n' "$(address key)" "$(address secret)" >"$CTT_HOME/alpaca.toml"
  # Its ten seconds for a program are a sixth of one of ours.
  CTT_NOTIFY_TIME_LIMIT=10m "$(dirname "$fake")/../../scripts/fast-clock" --market "$(address control)" ctt trade --max-position 1000 >trade.txt 2>&1 & trader=$!
  until_true 30 trader_listens || fail "the trader did not start again: $(cat trade.txt)"
  if [[ $small == yes ]]; then
    dd if=/dev/zero bs=64k 2>/dev/null >"$CTT_HOME/filler" || true
    decided=$(sql "select count(*) from live_decisions")
    goes_on() { (($(sql "select count(*) from live_decisions") >= decided + 3)); }
    until_true 20 goes_on || fail "a trader on a full disk decides nothing: $(cat trade.txt)"
    grep -q "are given up" trade.txt || fail "the room is not given up: $(cat trade.txt)"
    rm "$CTT_HOME/filler"
    echo "ok: decisions go on with a full disk"
  fi
  kill -9 $broker
  arrives bars_stale
  arrives books_unread
  kill $trader
  wait $trader 2>/dev/null || true
fi

echo "-- once each"
is "the newest that is listed" "$(ctt notify list --limit 1 --json | grep -c '"sent_at":"')" 1
ctt notify check
ctt cycle run -q
sleep 2
for file in hooked.txt commanded.txt; do
  is "events told more than once by $file" "$(sed -E 's/.*"event":"([a-z_]+)".*"reason":"([^"]*)".*/\1 \2/' $file | sort | uniq -d | tr '\n' ' ')" ""
done
unsent() { sql "select kind, sent_at, problem from alarms where problem is not null or sent_at is null"; }
all_sent() { [[ -z $(unsent) ]]; }
until_true 10 all_sent || fail "alarms that were not sent: $(unsent)"
if [[ $small == yes ]]; then umount --lazy "$CTT_HOME"; fi
