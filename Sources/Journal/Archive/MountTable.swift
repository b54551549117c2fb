internal import Foundation

/// The mounts of /proc/self/mountinfo (proc_pid_mountinfo(5)).
package struct MountTable: Sendable {
    private static let networkTypes = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "fuse",
    ]

    private let mounts: [(point: String, type: String)]

    package init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count > 6, let dash = parts.firstIndex(of: "-"), dash + 1 < parts.count else { return nil }
            return (Self.unescaped(String(parts[4])), String(parts[dash + 1]))
        }
    }

    package static var current: MountTable {
        let data = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
        return MountTable(String(decoding: data, as: UTF8.self))
    }

    /// The type of the file system that contains a path. The path must have no `..` and no links. If a directory is
    /// mounted twice, the later mount counts.
    package func type(of path: String) -> String? {
        var best: (point: String, type: String)?
        for mount in mounts where mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/") {
            if mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
        }
        return best?.type
    }

    /// True for a file system on which SQLite's log and locks are not reliable, because another machine or another
    /// process implements it (sqlite.org/wal.html §1, sqlite.org/howtocorrupt.html §2.1). `fuseblk` is a local disk.
    package static func isNetwork(_ type: String) -> Bool {
        networkTypes.contains(type) || type.hasPrefix("fuse.")
    }

    private static func unescaped(_ text: String) -> String {
        [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(text) { text, escape in
            text.replacing(escape.0, with: escape.1)
        }
    }
}
