#!/usr/bin/env bash
# install.sh BINARIES PREFIX UNITS            installs the programs in the folder BINARIES, and their pages and units
# install.sh uninstall PREFIX UNITS           removes the installed files
set -euo pipefail
cd "$(dirname "$0")/.."

from=$1 prefix=$2 units=$3
share=$prefix/share
files=(
    "$prefix/bin/callbox" "$prefix/bin/callbox-sandbox"
)
for program in callbox callbox-sandbox; do
    files+=(
        "$share/man/man1/$program.1"
        "$share/bash-completion/completions/$program"
        "$share/zsh/site-functions/_$program"
        "$share/fish/vendor_completions.d/$program.fish"
    )
done
[ "$(uname -s)" != Linux ] || files+=("$units/callbox.service" "$units/callbox.socket")

if [ "$from" = uninstall ]; then
    rm -fv "${files[@]}"
    exit
fi

for file in "${files[@]}"; do install -d "$(dirname "$file")"; done
install -m 755 "$from/callbox" "$from/callbox-sandbox" "$prefix/bin"
completions() { # PROGRAM SHELL
    if [ "$1" = callbox ]; then "$from/callbox" completions "$2"; else "$from/$1" --generate-completion-script "$2"; fi
}
for program in callbox callbox-sandbox; do
    install -m 644 "docs/$program.1" "$share/man/man1"
    completions "$program" bash > "$share/bash-completion/completions/$program"
    completions "$program" zsh > "$share/zsh/site-functions/_$program"
    completions "$program" fish > "$share/fish/vendor_completions.d/$program.fish"
done
if [ "$(uname -s)" = Linux ]; then
    for unit in callbox.service callbox.socket; do
        sed "s#^\(Exec[A-Za-z]*=\)/usr/local/bin/#\1${prefix#"${DESTDIR:-}"}/bin/#" "packaging/$unit" > "$units/$unit"
        chmod 644 "$units/$unit"
    done
fi
