#!/usr/bin/env bash
# Models by hand: deploy, roll back, verify, carry away and back, prune, and make one again, byte by byte.
source "$(dirname "$(realpath "$0")")/support.sh"

ctt init -q
ctt datasets create demo --source synthetic --seed 7 --candles 3000 --timeframe 1h -q
ctt train --dataset demo --pack quick --name base --iterations 2 -q
ctt schedule start --name demo --base base --dataset demo --pack quick --window 1000 --iterations 2 --gate none -q

sha_of() { sql "select sha256 from models where version = $1"; }
served_sha() { ctt trade status --json | sed -E 's/.*"sha256":"([0-9a-f]{64})".*/\1/'; }
field() { sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/" <<<"$2"; }

echo "-- without a trader a deployment is committed, and says so"
ctt cycle run --now -q
exits 7 "v1 is desired, but not confirmed" ctt models deploy v1 --schedule demo
is "desired" "$(sql 'select model_version from deployments order by id desc limit 1')" 1

echo "-- a trader takes what is desired at its start"
ctt trade --schedule demo --replay dataset:demo --speed 20 >trade.txt 2>&1 &
until_true 20 trader_listens || fail "the trader did not start: $(cat trade.txt)"
is "served at the start" "$(served_sha)" "$(sha_of 1)"

echo "-- a deployment ends when the trader serves that hash"
ctt models deploy v2 --reason "looks good"
is "served" "$(served_sha)" "$(sha_of 2)"
answer=$(ctt models deploy v2 --json)
is "a second time" "$(field outcome "$answer")" confirmed
is "it changed something" "$(field changed "$answer")" false

echo "-- a rollback serves what served before, and freezes in the same transaction"
ctt models rollback --reason "too eager"
is "served" "$(served_sha)" "$(sha_of 1)"
is "frozen" "$(sql 'select frozen from continuous_training_schedules')" 1
is "cause of the deployment" "$(sql 'select cause from deployments order by id desc limit 1')" rollback
ctt cycle run --now -q
is "the next cycle's decision" "$(sql 'select decision from cycles order by id desc limit 1')" held
is "still served" "$(served_sha)" "$(sha_of 1)"

echo "-- a cycle is made again from its snapshot, settings, seed and parent: the same bytes"
for n in 1 2; do
  is "cycle $n" "$(field same "$(ctt cycle reproduce $n --json)")" true
done
ctt cycle reproduce 1 --out again -q
is "the file itself" "$(sha256sum <again/checkpoint.safetensors | cut -d' ' -f1)" "$(sha_of 2)"
exits 2 "exists" ctt cycle reproduce 1 --out again
exits 3 "9" ctt cycle reproduce 9
is "job folders left" "$(find "$CTT_HOME/jobs" -mindepth 1 -maxdepth 1 | wc -l)" 0

echo "-- files are what the database says"
ctt models verify --all
ctt models lineage v3
ctt models export v2 -o v2.safetensors -q
is "the exported file" "$(sha256sum <v2.safetensors | cut -d' ' -f1)" "$(sha_of 2)"
is "a known file" "$(field changed "$(ctt models import v2.safetensors --json)")" false
ctt models export v3 -o v3.safetensors -q
chmod u+w "$CTT_HOME/models/$(sha_of 3).safetensors"
printf 'x' | dd of="$CTT_HOME/models/$(sha_of 3).safetensors" bs=1 seek=5000 conv=notrunc status=none
status=0; ctt models verify --all >findings.txt || status=$?
is "verify with a damaged file" $status 10
grep -q "v3:" findings.txt || fail "the finding does not name v3: $(cat findings.txt)"
exits 8 "it is not the file that was published" ctt models deploy v3
is "served" "$(served_sha)" "$(sha_of 1)"
ctt models import v3.safetensors # the same bytes mend the file
ctt models verify --all
head -c 5000 v2.safetensors >short.safetensors
exits 8 "damaged" ctt models import short.safetensors

echo "-- a policy goes to another state directory and serves there"
there=$work/there
CTT_HOME=$there ctt init -q
is "version there" "$(field model_version "$(CTT_HOME=$there ctt models import v2.safetensors --json)")" 1
is "its origin" "$(sqlite3 "$there/ctt.db" 'select origin from models')" import

ctt trade stop -q
wait

echo "-- other settings, other bytes: that is a finding"
sqlite3 "$CTT_HOME/ctt.db" "update experiments set config = json_set(config, '\$.seed', 99) where id = (select experiment_id from cycles where cycle_number = 1)"
exits 10 "makes other bytes now" ctt cycle reproduce 1

echo "-- prune takes what nothing needs, and what stays can still be made again"
for n in 3 4 5; do ctt cycle run --now -q; done
ctt models prune --keep 1 -n
ctt models prune --keep 1 --yes
stays() { [[ -f $CTT_HOME/models/$(sha_of "$1").safetensors ]] && echo stays || echo gone; }
is "the newest" "$(stays 6)" stays
is "its parent" "$(stays 5)" stays
is "v4" "$(stays 4)" gone
is "the base" "$(stays 1)" stays
is "rows" "$(sql 'select count(*) from models')" 6
is "the newest cycle again" "$(field same "$(ctt cycle reproduce 5 --json)")" true
exits 5 "was pruned" ctt models deploy v4
ctt models verify --all

echo "-- a schedule that was stopped goes on with what it had learned and what is desired"
before=$(sql 'select model_version from deployments order by id desc limit 1')
ctt schedule stop -q
answer=$(ctt schedule start --name demo --base base --dataset demo --pack quick --window 1000 --iterations 2 --gate none --json)
is "the model it goes on from" "$(field model_version "$answer")" 6
is "desired" "$(sql 'select model_version from deployments order by id desc limit 1')" "$before"
ctt cycle run --now -q
is "the next cycle's parent" "$(sql 'select parent_model_version from cycles order by id desc limit 1')" 6
