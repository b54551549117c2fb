#!/usr/bin/env bash
# Sees that this machine can build and show Callbox: the Swift toolchain, the three C libraries, and curl for the tour and the
# tutorial. Installs what is missing, but for Swift, where apt can.
set -euo pipefail

fail() {
    printf 'callbox: %s\n' "$1" >&2
    exit 1
}

# Newer by version number: at_least 6.2 6.10
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

needed=6.2
command -v swift >/dev/null || fail "there is no Swift here. Install Swift $needed or later from https://www.swift.org/install, then try again."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
at_least "$needed" "${version:-0}" ||
    fail "Swift $needed or later is needed, and this is ${version:-an unknown version}. Get it from https://www.swift.org/install."

# macOS has curl, SQLite and zlib.
if [ "$(uname -s)" != Linux ]; then
    [ -e /opt/homebrew/include/libdeflate.h ] || [ -e /usr/local/include/libdeflate.h ] ||
        fail "libdeflate is missing. Install it with: brew install libdeflate"
    exit 0
fi

missing=()
[ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
[ -e /usr/include/libdeflate.h ] || missing+=(libdeflate-dev)
command -v curl >/dev/null || missing+=(curl)
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
    fail "these are missing: ${missing[*]}. There is no apt-get here; install curl and the development files of SQLite 3, zlib and libdeflate with this system's package manager, then try again."

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these are missing: ${missing[*]}. Become root and run: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
echo "Installing ${missing[*]} ..."
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
