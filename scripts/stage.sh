# Shared by the demos and the tour, which source this file from the project's folder with their name as the argument.
# Sets `bin`, the folder of the binaries, and `work`, a temporary folder. On exit, ends background processes and removes
# `work`.

bin=$(swift build --show-bin-path)
work=$(mktemp -d)
name=$1

finish() {
    status=$?
    for process in $(jobs -pr); do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    if [ "$status" -ne 0 ] && [ -s "$work/serve.log" ]; then
        echo "The $name failed. The end of the server's log:" >&2
        tail -n 20 "$work/serve.log" >&2
    fi
    rm -rf "$work"
}
trap finish EXIT

step() {
    printf '\n\033[1m%s\033[0m\n\033[2m$ %s\033[0m\n' "$1" "$2"
}

# Waits for a program's first line and prints the address in it.
address_in() {
    for _ in $(seq 200); do
        address=$(sed -n 's/^listening on \(http:.*\)$/\1/p' "$1" 2>/dev/null | head -n 1)
        [ -n "$address" ] && { echo "$address"; return; }
        kill -0 "$2" 2>/dev/null || break
        sleep 0.05
    done
    echo "callbox: the program ended, or did not start within ten seconds" >&2
    return 1
}

# Stops a server and fails unless it exits with 0.
stop() {
    kill -TERM "$1"
    wait "$1"
}
