#!/bin/bash
# Runs 1,000 SIGKILLs under load, 20 rounds of kills in a cluster, the fault harness with random seeds, and ten million
# damaged requests. Takes two hours or more.
#
#   CALLBOX_KILL_COUNT=200 scripts/nightly.sh    runs fewer kills
set -euo pipefail
cd "$(dirname "$0")/.."

export CALLBOX_KILL_COUNT=${CALLBOX_KILL_COUNT:-1000}
swift build --build-tests
swift test --skip-build --filter '^AcceptanceTests\.KillAcceptanceTests/kill'
CALLBOX_CLUSTER_ROUNDS=20 swift test --skip-build --filter '^AcceptanceTests\.SharedJournalAcceptanceTests'
CALLBOX_MUTATION_COUNT=${CALLBOX_MUTATION_COUNT:-10000000} \
    swift test --skip-build --filter '^HTTPListenerTests\.MutatedRequestTests'
faults=$(swift build --show-bin-path)/archive-faults
for seed in $((RANDOM)) $((RANDOM)) $((RANDOM)) $((RANDOM)) $((RANDOM)) $((RANDOM)); do
    for mode in writes syncs allocations reads power kills; do
        "$faults" "$mode" "$seed"
    done
done
