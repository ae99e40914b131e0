#!/usr/bin/env bash
# The learner of this build learns what can be known, and nothing where there is nothing to know.
source "$(dirname "$0")/support.sh"

answer=$(ctt selftest learn --json)
[[ $answer == *'"passed":true'* ]] || fail "the self-test of learning did not pass: $answer"
echo "$answer"
