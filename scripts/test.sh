#!/usr/bin/env bash
# Runs every test, eight at a time: with all of them at once each wait of one stands behind those of all the others, and
# time limits pass before anything has happened. For the same reason the tests that wait for whole processes, and keep a
# thread of the pool each, run by themselves, after the others. Says at the end what failed, for that is far up by then.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
    swift test --skip-build --experimental-maximum-parallelization-width 8 "$@" 2>&1 | tee -a "$log"
    return "${PIPESTATUS[0]}"
}

status=0
if [ $# -gt 0 ]; then
    run "$@" || status=$?
else
    run --skip '^AcceptanceTests\.' || status=$?
    run --filter '^AcceptanceTests\.' || status=$?
fi
if [ "$status" -ne 0 ]; then
    printf '\nWhat failed:\n'
    grep -E 'recorded an issue|Fatal error|error: ' "$log" | cut -c 1-600
fi
exit "$status"
