#!/bin/sh
# Sends large reports from a sandbox to Callbox on this machine. Prints the time, the responses, the peak memory of both
# programs, and the size of the archive.
#
#   scripts/large-reports.sh [COUNT [SIZE]]       default: 1000 8MB
#
# CALLBOX_BINARIES is the folder of the binaries, .build/release by default.
set -eu
count=${1:-1000}
size=${2:-8MB}
binaries=$(cd "${CALLBOX_BINARIES:-$(dirname "$0")/../.build/release}" && pwd)
folder=$(mktemp -d)
callbox=
sandbox=
finish() {
    for process in $callbox $sandbox; do kill "$process" 2>/dev/null || true; done
    wait
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

cat > callbox.yaml <<'YAML'
archive: archive
listen: 127.0.0.1:0
sources:
  klavi:
    secrets: [{name: primary, env: LARGE_REPORTS_SECRET}]
YAML
LARGE_REPORTS_SECRET=klavi-test-secret
export LARGE_REPORTS_SECRET

# The first line of each program's output is its address.
address() {
    until grep -qs '^listening on ' "$1"; do
        kill -0 "$2" 2>/dev/null || { cat "$1" >&2; exit 1; }
        sleep 0.1
    done
    sed -n 's/^listening on //p' "$1"
}

"$binaries/callbox" serve --config callbox.yaml > callbox.out 2> callbox.log &
callbox=$!
"$binaries/callbox-sandbox" serve --port 0 --deliver-to "$(address callbox.out "$callbox")" > sandbox.out 2>&1 &
sandbox=$!
url=$(address sandbox.out "$sandbox")

start=$(date +%s)
status=0
"$binaries/callbox-sandbox" trigger klavi.pf_checking_account --size "$size" --count "$count" --wait \
    --sandbox "$url" > attempts.out || status=$?
end=$(date +%s)

echo "sent       $count of $size in $((end - start)) s, exit status $status"
awk '$2 == "klavi.pf_checking_account" { answers[$6]++; if ($7 > most) most = $7 }
    END { for (answer in answers) print "responses  " answers[answer] " with " answer; print "slowest    " most " ms" }' \
    attempts.out
echo "callbox    $(awk '/VmHWM/ { print int($2 / 1024) " MB at most" }' "/proc/$callbox/status")"
echo "sandbox    $(awk '/VmHWM/ { print int($2 / 1024) " MB at most" }' "/proc/$sandbox/status")"
echo "archive    $(du -cm archive/*.sqlite* | awk 'END { print $1 " MB" }')"
exit "$status"
