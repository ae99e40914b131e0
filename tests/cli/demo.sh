#!/usr/bin/env bash
# ctt demo --serve: an address at once, and behind it cycles, a swap and a trader whose equity moves, until it is stopped.
source "$(dirname "$0")/support.sh"

env -u DISPLAY -u WAYLAND_DISPLAY ctt demo --dir demo --serve >demo.txt 2>demo.err & demo=$!
until_true 10 grep -q 'Watch it on' demo.txt || fail "no address: $(cat demo.txt demo.err)"
url=$(sed -n 's|^Watch it on \(http://[^/]*\)/#k=.*|\1|p' demo.txt)
key=$(sed -n 's|^Watch it on .*#k=||p' demo.txt)
ask() { curl -fsS -H "Authorization: Bearer $key" "$url$1"; }

export CTT_HOME=$work/demo
swapped() { [[ $(sql 'select max(swap_count) from live_sessions' 2>/dev/null) -ge 1 ]]; }
until_true 60 swapped || fail "no swap: $(cat demo.txt demo.err)"
is "schedule" "$(ask /api/continuous/status | sed -E 's/.*"schedule_id":"([a-z]+)".*/\1/')" demo
bars() { sql 'select count(*) from live_decisions'; }
before=$(bars)
sleep 1
at_least "bars decided in a second" $(($(bars) - before)) 4

kill -INT $demo
status=0
wait $demo || status=$?
is "exit after Ctrl-C" $status 0
grep -q ' 0 dropped' demo.txt || fail "the report: $(tail -5 demo.txt)"
! curl -s -m 2 "$url/healthz" >/dev/null || fail "the server outlived the demo"

# Without a story: one document.
answer=$(ctt demo --dir quick --cycles 1 --json)
is "lines of the answer" "$(wc -l <<<"$answer")" 1
is "swaps and dropped bars" "$(sed -E 's/.*"bars_dropped":([0-9]+),"swaps":([0-9]+).*/\2 \1/' <<<"$answer")" "1 0"
