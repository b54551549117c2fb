#!/usr/bin/env bash
# install.sh BINARIES PREFIX UNITS            installs from the folder BINARIES
# install.sh uninstall PREFIX UNITS           removes the same files
set -euo pipefail
cd "$(dirname "$0")/.."

from=$1 prefix=$2 units=$3
share=$prefix/share
files=(
    "$prefix/bin/callbox" "$prefix/bin/callbox-sandbox"
    "$share/man/man1/callbox.1"
    "$share/bash-completion/completions/callbox"
    "$share/zsh/site-functions/_callbox"
    "$share/fish/vendor_completions.d/callbox.fish"
)
[ "$(uname -s)" != Linux ] || files+=("$units/callbox.service" "$units/callbox.socket")

if [ "$from" = uninstall ]; then
    rm -fv "${files[@]}"
    exit
fi

for file in "${files[@]}"; do install -d "$(dirname "$file")"; done
install -m 755 "$from/callbox" "$from/callbox-sandbox" "$prefix/bin"
install -m 644 docs/callbox.1 "$share/man/man1"
"$from/callbox" completions bash > "$share/bash-completion/completions/callbox"
"$from/callbox" completions zsh > "$share/zsh/site-functions/_callbox"
"$from/callbox" completions fish > "$share/fish/vendor_completions.d/callbox.fish"
if [ "$(uname -s)" = Linux ]; then
    for unit in callbox.service callbox.socket; do
        sed "s#^\(Exec[A-Za-z]*=\)/usr/local/bin/#\1${prefix#"${DESTDIR:-}"}/bin/#" "packaging/$unit" > "$units/$unit"
        chmod 644 "$units/$unit"
    done
fi
