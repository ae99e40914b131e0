#!/usr/bin/env bash
# The commit that a build names is the checkout's present one, looked up by every build; a build without a
# new commit leaves the header, and with it the programs, as they are.
set -euo pipefail
cmake=$1
script=$(cd "$(dirname "$0")/../.." && pwd)/cmake/CttCommit.cmake
command -v git >/dev/null || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GIT_CEILING_DIRECTORIES=$folder GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

fail() { echo "commit_test: $1" >&2; exit 1; }
look_up() { "$cmake" -D SOURCE_DIR="$1" -D HEADER="$folder/out/commit.h" -P "$script"; }
expect() {
  [[ $(<"$folder/out/commit.h") == "#define CTT_COMMIT \"$1\"" ]] || fail "wanted $1, got $(<"$folder/out/commit.h")"
}
commit() { git -C "$folder/src" -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m "$1"; }
head_of() { git -C "$folder/src" rev-parse --short=12 HEAD; }

mkdir "$folder/src"
look_up "$folder/src"
expect unknown  # no checkout

git -C "$folder/src" init -q
look_up "$folder/src"
expect unknown  # nothing committed yet
commit one
look_up "$folder/src"
expect "$(head_of)"
touch -d @1 "$folder/out/commit.h"
look_up "$folder/src"
[[ $(stat -c %Y "$folder/out/commit.h") == 1 ]] || fail "the header was written again without a new commit"
commit two
look_up "$folder/src"
expect "$(head_of)"
