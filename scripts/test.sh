#!/usr/bin/env bash
# Runs every test, or those that its arguments select, and repeats the failures at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    printf '\nFailures:\n'
    grep -E 'recorded an issue|Fatal error|error: ' "$log" | cut -c 1-600
fi
exit "$status"
