#!/bin/bash
# What package.sh has a new machine do when it has started: the units of the package under its systemd.
exec >/opt/trial.log 2>&1
cd /root || exit
trap 'systemctl poweroff' EXIT

fail() { echo "FAILED: $*"; journalctl --no-pager -n 40; exit 1; }
is() { [[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"; echo "ok: $1 is $3"; }
# Of the account of the units, from a folder that it may not enter.
as_ctt() { runuser -u ctt -- "$@"; }
shown() { systemctl show -p "$1" --value "$2"; }
until_true() {
  local tries=$(($1 * 2))
  shift
  for ((i = 0; i < tries; ++i)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done
  return 1
}

ctt schedule install --systemd -q || fail "schedule install"
is "the timer" "$(systemctl is-active ctt-cycle.timer)" active
ctt init --system -q || fail "init --system"
is "the owner of the state" "$(stat -c %U:%a /var/lib/ctt/ctt.db)" ctt:600
ctt schedule pause 2>refused.txt
is "root's way into another's state" $? 5

as_ctt ctt datasets create demo --source synthetic --seed 7 --candles 3000 --timeframe 1h -q || fail datasets
as_ctt ctt train --dataset demo --pack quick --name base --iterations 3 -q || fail train
as_ctt ctt schedule start --name demo --base base --dataset demo --pack quick --interval 1m --window 500 --iterations 2 -q ||
  fail "schedule start"
completed() { as_ctt ctt schedule history --json | grep -q '"result":"completed"'; }
until_true 180 completed || { as_ctt ctt schedule history; fail "no cycle by the timer"; }
echo "ok: the timer ran a cycle in the sandbox"
as_ctt ctt schedule pause -q
until_true 60 test "$(systemctl is-active ctt-cycle.service)" = inactive
is "what the cycles' service says of minutes with nothing to do" \
  "$(journalctl -u ctt-cycle.service -o cat --no-pager | grep -cE '^(Starting|Finished)')" 0

mkdir -p /etc/systemd/system/ctt-trade@demo.service.d
cat >/etc/systemd/system/ctt-trade@demo.service.d/trial.conf <<'U'
[Service]
ExecStart=
ExecStart=ctt trade --schedule demo --replay dataset:demo --speed 2
WatchdogSec=4
RestartSec=1
U
systemctl daemon-reload
systemctl start ctt-trade@demo || fail "the trader"
is "the trader's status" "$(shown StatusText ctt-trade@demo | cut -d, -f1)" "trading schedule demo"
sleep 10
is "restarts of a trader whose loop comes round, after two times its watchdog" "$(shown NRestarts ctt-trade@demo)" 0
kill -STOP "$(shown MainPID ctt-trade@demo)"
restarted() { [[ $(shown NRestarts ctt-trade@demo) == 1 && $(systemctl is-active ctt-trade@demo) == active ]]; }
until_true 30 restarted || fail "a trader that stands still is not started again"
echo "ok: a trader that stands still is ended by its watchdog and started again"
systemctl stop ctt-trade@demo
is "how a trader that was asked to stop ended" "$(shown Result ctt-trade@demo)" success

systemctl start ctt-serve-ws || fail "the server"
is "what the journal has of the server's token" \
  "$(journalctl --no-pager | grep -cF "$(cat /var/lib/ctt/run/serve.token)")" 0
systemctl stop ctt-serve-ws
is "how a server that was asked to stop ended" "$(shown Result ctt-serve-ws)" success

# Keys that only root can read reach the service, and nobody else.
install -d -m 700 /etc/credstore
(umask 077; printf 'key_id = "PKSENTINEL"\nsecret_key = "secret-sentinel"\n' >/etc/credstore/ctt.alpaca)
sed -e 's|^ExecStart=.*|ExecStart=ctt doctor --check keys|' -e '/^LogLevelMax/d' /lib/systemd/system/ctt-cycle.service \
  >/etc/systemd/system/ctt-keys.service
systemctl daemon-reload
systemctl start ctt-keys
journalctl -u ctt-keys -o cat --no-pager | grep -i 'key' | grep -v Starting | head -n 3
is "the service's keys" "$(journalctl -u ctt-keys -o cat --no-pager | grep -c 'credentials/ctt-keys.service')" 1
is "the same without systemd" "$(as_ctt ctt doctor --check keys | grep -c 'credentials/ctt-keys.service')" 0
is "the secret in the journal" "$(journalctl --no-pager | grep -c secret-sentinel)" 0

as_ctt ctt db check || fail "db check"
ctt schedule uninstall --systemd -q || fail "schedule uninstall"
is "the timer" "$(systemctl is-active ctt-cycle.timer)" inactive
DEBIAN_FRONTEND=noninteractive dpkg -r ctt >/dev/null || fail "the removal"
is "state after the removal" "$(stat -c %U /var/lib/ctt/ctt.db)" ctt
echo done
