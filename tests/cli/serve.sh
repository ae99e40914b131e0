#!/usr/bin/env bash
# ctt serve-ws as a process: its address and key, what it refuses to do, its end, and the next one after kill -9.
source "$(dirname "$0")/support.sh"

exits 3 "ctt init" ctt serve-ws --listen 127.0.0.1:0
ctt init -q
exits 2 "--no-auth is for loopback" ctt serve-ws --listen 0.0.0.0:0 --no-auth
exits 2 "needs --token-file" ctt serve-ws --listen 0.0.0.0:0
exits 2 "--listen wants an address and a port" ctt serve-ws --listen 8000x
exits 3 "holds no index.html" ctt serve-ws --dashboard "$work"

mkdir page && echo "the page" >page/index.html

# serve ARGUMENT...: starts one; its address is in $url, its key in $key
serve() {
  rm -f address.txt
  ctt serve-ws --listen 127.0.0.1:0 --dashboard page "$@" >address.txt 2>server.err &
  server=$!
  until_true 5 test -s address.txt
  url=$(sed 's|/#k=.*||; s|/$||' address.txt)
  key=$(sed -n 's|.*#k=||p' address.txt)
}
code() { curl -s -o body.txt -w '%{http_code}' "$@"; }

serve
is "length of the key" ${#key} 64
is "mode of its file" "$(stat -c %a "$CTT_HOME/run/serve.token")" 600
is "the page" "$(curl -s "$url/")" "the page"
is "readyz" "$(code "$url/readyz")" 200
is "metrics without the key" "$(code "$url/metrics")" 401
is "metrics" "$(code -H "Authorization: Bearer $key" "$url/metrics")" 200
grep -q '^ctt_up 1$' body.txt || fail "no ctt_up in the metrics"
is "a path that climbs" "$(code --path-as-is "$url/../home/ctt.db")" 400
exits 75 "nobody can listen" ctt serve-ws --listen "${url#http://}"

kill -9 $server
wait $server || true
serve
is "the key after kill -9" "$key" "$(cat "$CTT_HOME/run/serve.token")"
is "healthz after kill -9" "$(code "$url/healthz")" 200
status=0
kill -TERM $server
wait $server || status=$?
is "exit after SIGTERM" $status 143

chmod 644 "$CTT_HOME/run/serve.token"
exits 4 "others may read the token" ctt serve-ws --listen 127.0.0.1:0

serve --no-auth --read-only
is "no key with --no-auth" "$key" ""
grep -q "no token is asked for" server.err || fail "--no-auth says nothing"
is "metrics with --no-auth" "$(code "$url/metrics")" 200
is "a change with --read-only" "$(code -X POST -H 'Content-Type: application/json' -d '{}' "$url/api/continuous/stop")" 403
