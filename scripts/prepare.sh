#!/usr/bin/env bash
# Checks for the Swift toolchain, four C libraries, and curl and jq (for the tour and the tutorial). Installs all except
# Swift with apt on Debian and Ubuntu.
set -euo pipefail

fail() {
    printf 'callbox: %s\n' "$1" >&2
    exit 1
}

# Succeeds if the second version is at least the first: at_least 6.2 6.10
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

needed=6.2
command -v swift >/dev/null || fail "Swift is not installed. Install Swift $needed or later from https://www.swift.org/install."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
at_least "$needed" "${version:-0}" ||
    fail "The version of Swift is ${version:-unknown}. Install Swift $needed or later from https://www.swift.org/install."

# macOS includes curl, SQLite and zlib.
if [ "$(uname -s)" != Linux ]; then
    [ -e /opt/homebrew/include/libdeflate.h ] || [ -e /usr/local/include/libdeflate.h ] ||
        fail "libdeflate is not installed. Run: brew install libdeflate"
    [ -e /opt/homebrew/opt/libpq ] || [ -e /usr/local/opt/libpq ] ||
        fail "libpq is not installed. Run: brew install libpq"
    command -v jq >/dev/null || fail "jq is not installed. Run: brew install jq"
    exit 0
fi

missing=()
[ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
[ -e /usr/include/libdeflate.h ] || missing+=(libdeflate-dev)
[ -e /usr/include/postgresql/libpq-fe.h ] || [ -e /usr/include/libpq-fe.h ] || missing+=(libpq-dev)
command -v curl >/dev/null || missing+=(curl)
command -v jq >/dev/null || missing+=(jq)
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
    fail "not installed: ${missing[*]}. apt-get is not available; install curl, jq and the development files of SQLite 3, zlib, libdeflate and libpq with this system's package manager."

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not installed: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
echo "Installing ${missing[*]} ..."
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
