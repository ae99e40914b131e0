#!/usr/bin/env bash
# The alert rules and the dashboard against what a real ctt serve-ws exports, by Prometheus' own tool.
files=$(realpath "$(dirname "$0")/../../scripts/monitoring")
source "$(dirname "$(realpath "$0")")/support.sh"
command -v promtool >/dev/null || skip "no promtool (Debian's package prometheus)"

promtool check rules "$files/ctt.rules.yml" || fail "the rules are refused"
promtool test rules "$files/ctt.rules.test.yml" || fail "the rules say something else"

ctt init -q
ctt datasets create -q m --source synthetic --seed 7 --candles 1500 --timeframe 1h
ctt train -q --dataset m --pack quick --name base --iterations 1 --candles 300 --seed 1
ctt schedule start -q --name 'm' --base base --dataset m --pack quick --interval 1h --window 200 --iterations 1 --gate none
ctt cycle run -q --now --schedule m
ctt trade -q --schedule m --replay dataset:m --cash 1000 >/dev/null
ctt trade halt -q --schedule m --reason "for a look"
ctt serve-ws --listen 127.0.0.1:0 --dashboard none --no-auth >address.txt 2>/dev/null &
until_true 5 test -s address.txt
url=$(sed 's|/$||' address.txt)
curl -s "$url/metrics" >metrics.txt
promtool check metrics <metrics.txt >lint.txt 2>&1 || { cat lint.txt >&2; fail "the metrics are refused"; }
is "complaints about the metrics" "$(wc -l <lint.txt)" 0

grep -q '^ctt_condition{schedule="m",condition="halted",level="critical"} 1$' metrics.txt || fail "the halt is no condition"
grep -q '^ctt_schedule_cycles_total{schedule="m",result="completed",reason="deployed"} 1$' metrics.txt ||
  fail "the cycle is not counted"

# A rule or a panel over a metric that nobody exports would stay silent for ever. Those of a broker's account come
# with a broker.
exported=$(sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' metrics.txt | sort -u)
account="ctt_trader_books_unread_seconds ctt_trader_stream_refusals ctt_trader_cost_bp ctt_trader_cost_fills
ctt_trader_trained_cost_bp ctt_trader_fills_total ctt_trader_commission_total"
for metric in $(grep -ohE 'ctt_[a-z_]+' "$files"/ctt.rules.yml "$files"/ctt-dashboard.json | sort -u); do
  grep -qx "$metric" <<<"$exported" || grep -qw "$metric" <<<"$account" || fail "$metric is not exported"
done
echo "ok: every metric of the rules and the dashboard is exported"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$files/ctt-dashboard.json"
