#!/usr/bin/env bash
# Builds a Debian package from the release binaries: .build/deb/callbox_VERSION_ARCH.deb
# BINARIES=DIR packages the binaries in DIR instead of building them, DEB_FOLDER=DIR writes to DIR, and DEB_COMPRESSION
# sets dpkg-deb's compression (default: xz).
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dpkg-deb >/dev/null || { printf 'callbox: dpkg-deb is not installed. Build the package on Debian or Ubuntu.\n' >&2; exit 1; }

binaries=${BINARIES:-}
if [ -z "$binaries" ]; then
    # The package must not depend on a Swift toolchain.
    swift build -c release --static-swift-stdlib --product callbox
    swift build -c release --static-swift-stdlib --product callbox-sandbox
    binaries=$(swift build -c release --static-swift-stdlib --show-bin-path)
fi

version=$("$binaries/callbox" --version)
architecture=$(dpkg --print-architecture)
folder=${DEB_FOLDER:-.build/deb}
root=$folder/root
rm -rf "$root"
make --no-print-directory install-files BINARIES="$binaries" DESTDIR="$root" PREFIX=/usr UNITS=/lib/systemd/system
# Debian's zsh does not search site-functions below /usr.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
strip --strip-unneeded "$root/usr/bin/callbox" "$root/usr/bin/callbox-sandbox"
gzip -9n "$root/usr/share/man/man1/callbox.1" "$root/usr/share/man/man1/callbox-sandbox.1"
install -D -m 644 LICENSE "$root/usr/share/doc/callbox/copyright"
install -D -m 640 packaging/debian/callbox.yaml "$root/etc/callbox/callbox.yaml"
install -D -m 644 -t "$root/usr/share/doc/callbox/examples" callbox.example.yaml packaging/nginx/callbox.conf packaging/caddy/Caddyfile

gzip -9nc CHANGELOG.md > "$root/usr/share/doc/callbox/changelog.gz"

install -d "$root/DEBIAN"
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$(du -sk "$root" | cut -f 1)/" \
    packaging/debian/control > "$root/DEBIAN/control"
echo /etc/callbox/callbox.yaml > "$root/DEBIAN/conffiles"
install -m 755 packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm "$root/DEBIAN/"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"

package="$folder/callbox_${version}_${architecture}.deb"
dpkg-deb --build --root-owner-group -Z"${DEB_COMPRESSION:-xz}" "$root" "$package" >/dev/null
echo "built: $package"
