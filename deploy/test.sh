#!/bin/sh
# The tests in two halves at once, one a core: each has a database of its own and a number of Redis'. A failure of either
# fails both; the halves speak one after the other, so that what is read is whole.
set -u
cd "$(dirname "$0")/.."
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
TEST_HALF=1 TEST_DATABASE=test_congress_one .venv/bin/python -m pytest tests/doors tests/proposals tests/test_architecture.py --ignore tests/proposals/test_attacks.py >"$said/one" 2>&1 &
one=$!
TEST_HALF=2 TEST_DATABASE=test_congress_two .venv/bin/python -m pytest tests/congress tests/delegates tests/liaison tests/browser tests/proposals/test_attacks.py >"$said/two" 2>&1
two=$?
wait $one
one=$?
cat "$said/one" "$said/two"
[ $one = 0 ] && [ $two = 0 ]
