# What the demo and the tour have in common: sourced by both, from the project's folder, with their name as the argument.
# Sets `bin`, the built binaries, and `work`, a folder that goes in the end. What still runs in the background then is ended.

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

# The address in the first line that a program prints, once it is there.
address_in() {
    for _ in $(seq 200); do
        address=$(sed -n 's/^listening on \(http:.*\)$/\1/p' "$1" 2>/dev/null | head -n 1)
        [ -n "$address" ] && { echo "$address"; return; }
        kill -0 "$2" 2>/dev/null || break
        sleep 0.05
    done
    echo "callbox: nothing came up within ten seconds" >&2
    return 1
}

# Ends a server in order: one that does ends with 0.
stop() {
    kill -TERM "$1"
    wait "$1"
}
