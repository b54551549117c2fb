#!/usr/bin/env bash
# Runs every test, or those that its arguments select, and repeats the failures at the end. Each module has a process
# that runs one test at a time, because thousands of concurrent tests delay each other beyond their time limits. The
# acceptance tests run after the others, because the programs that they start have deadlines.
set -uo pipefail
cd "$(dirname "$0")/.."

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
program=$(swift build --show-bin-path)/callboxPackageTests.xctest
# On Linux, the test program starts faster than `swift test`.
if [ -f "$program" ]; then
    tests=("$program" --testing-library swift-testing)
else
    tests=(swift test --skip-build --ignore-lock)
fi

# run NAME ARGUMENTS...: prints the log when all tests have ended, without the lines of started tests. Creates NAME.passed
# if all tests passed.
run() {
    local name=$1 status=0
    shift
    "${tests[@]}" "$@" >"$logs/$name.log" 2>&1 || status=$?
    grep -av '^◇' "$logs/$name.log" | cut -c 1-600
    [ "$status" = 0 ] && touch "$logs/$name.passed"
}
# Jobs in the background ignore Ctrl-C.
trap 'trap - INT TERM; kill 0' INT TERM

modules=$(cd Tests && ls -d -- *Tests | grep -vE '^(HTTPListener|Acceptance)Tests$')
if [ $# -gt 0 ]; then
    runs=selected
    run selected "$@"
else
    runs="HTTPListenerTests $modules AcceptanceTests"
    # The longest module comes first. One process more than cores, because some tests only wait.
    limit=$(($(getconf _NPROCESSORS_ONLN) + 1))
    for module in HTTPListenerTests $modules; do
        while [ "$(jobs -pr | wc -l)" -ge "$limit" ]; do wait -n; done
        run "$module" --no-parallel --filter "^$module\\." &
    done
    wait
    run AcceptanceTests --filter '^AcceptanceTests\.'
fi
for name in $runs; do
    [ -f "$logs/$name.passed" ] || failed="${failed:-} $name"
done
if [ -n "${failed:-}" ]; then
    printf '\nFailures in%s:\n' "$failed"
    grep -ahE 'recorded an issue|Fatal error|error: ' "$logs"/*.log | cut -c 1-600
    # CI shows the end of a long log, so the frames of a crash come last, without the other threads.
    cat "$logs"/*.log | tr -d '\0' |
        awk '/Program crashed|Crash:|Fatal error:/ { rest = 30 } rest > 0 && NF { print substr($0, 1, 160); rest-- }' |
        tail -n 40
    exit 1
fi
