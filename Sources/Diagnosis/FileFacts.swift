internal import Foundation

/// Mode, owner and size of a file.
struct FileFacts: Equatable {
    let mode: Int
    let ownerID: Int
    let byteCount: Int64

    init(mode: Int, ownerID: Int, byteCount: Int64) {
        self.mode = mode
        self.ownerID = ownerID
        self.byteCount = byteCount
    }

    /// Nil if the file does not exist or its directory cannot be read.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        mode = Int(status.st_mode & 0o7777)
        ownerID = Int(status.st_uid)
        byteCount = Int64(status.st_size)
    }

    /// The path with its links resolved, without a slash at its end.
    static func resolved(_ url: URL) -> String {
        let path = url.standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// `0600`.
    static func text(_ mode: Int) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// The mounts of /proc/self/mountinfo (proc_pid_mountinfo(5)).
struct MountTable {
    private let mounts: [(point: String, type: String)]

    init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count > 6, let dash = parts.firstIndex(of: "-"), dash + 1 < parts.count else { return nil }
            return (Self.unescaped(String(parts[4])), String(parts[dash + 1]))
        }
    }

    static var current: MountTable {
        let data = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
        return MountTable(String(decoding: data, as: UTF8.self))
    }

    /// The file system type of a path without `..` and links. Of two mounts at one place the later one counts.
    func type(of path: String) -> String? {
        var best: (point: String, type: String)?
        for mount in mounts where mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/") {
            if mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
        }
        return best?.type
    }

    private static func unescaped(_ text: String) -> String {
        [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(text) { text, escape in
            text.replacing(escape.0, with: escape.1)
        }
    }
}
