# Sourced by the scripts of this folder: a state directory of the test's own and small checks.
set -euo pipefail

work=$(mktemp -d)
export CTT_HOME=$work/home NO_COLOR=1
unset XDG_CONFIG_HOME XDG_DATA_HOME || true
cd "$work"

tidy_up() {
  status=$?
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  if [[ -n ${CTT_KEEP_SCRATCH:-} ]]; then :
  elif ((status == 0 || status == 77)); then rm -rf "$work"; else echo "left for a look: $work" >&2; fi
}
trap tidy_up EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

# is WHAT GOT WANTED
is() { [[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"; echo "ok: $1 is $3"; }
# at_least WHAT GOT WANTED, whole numbers
at_least() { (($2 >= $3)) || fail "$1: got $2, wanted at least $3"; echo "ok: $1 is $2, at least $3"; }

# exits STATUS TEXT COMMAND...: the command exits so, and its standard error holds the text.
exits() {
  local wanted=$1 text=$2 status=0
  shift 2
  "$@" >out.txt 2>err.txt || status=$?
  ((status == wanted)) || { cat err.txt >&2; fail "$*: exit $status, wanted $wanted"; }
  grep -qF -- "$text" err.txt || { cat err.txt >&2; fail "$*: no '$text' on standard error"; }
  echo "ok: exit $wanted, \"$text\""
}

sql() { sqlite3 -readonly "$CTT_HOME/ctt.db" "$1"; }

# until_true SECONDS COMMAND...
until_true() {
  local tries=$(($1 * 20))
  shift
  for ((i = 0; i < tries; ++i)); do "$@" && return 0; sleep 0.05; done
  return 1
}

trader_listens() { ctt trade status --json 2>/dev/null | grep -q '"running":true'; }
