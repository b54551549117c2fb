#!/usr/bin/env bash
# Runs every test, or those that its arguments select, and repeats the failures at the end. The acceptance tests run
# after the others, because the programs that they start have deadlines.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
run() {
    swift test --skip-build "$@" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
}
if [ $# -gt 0 ]; then
    run "$@"
else
    run --skip '^AcceptanceTests\.'
    run --filter '^AcceptanceTests\.'
fi
if [ "$status" -ne 0 ]; then
    printf '\nFailures:\n'
    grep -E 'recorded an issue|Fatal error|error: ' "$log" | cut -c 1-600
    # The first thread of a crash is the one that crashed.
    grep -aE -A 60 'Program crashed|Crash:|crashed:$' "$log" | cut -c 1-200 | head -n 120
fi
exit "$status"
