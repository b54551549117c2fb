internal import Crypto
internal import Deliveries
internal import Foundation

/// An archive's directory and the files in it.
///
/// | file | contents |
/// |---|---|
/// | `journal.sqlite` | every entry, in order: the source of truth |
/// | `index.sqlite` | what queries read, derived from the journal |
/// | `quarantine.sqlite` | rejected deliveries, within bounds |
/// | `lock` | the process ID of the writer |
/// | `control.sock` | the writer's control socket |
/// | `replays/` | responses of the last replay runs, and plans of those that can be continued |
package struct ArchiveDirectory: Sendable, Equatable {
    package let path: String

    package init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var journal: JournalFile { JournalFile(path: "\(path)/journal.sqlite") }
    package var indexPath: String { "\(path)/index.sqlite" }
    package var quarantinePath: String { "\(path)/quarantine.sqlite" }
    package var replaysPath: String { "\(path)/replays" }

    /// The process ID of the writer, shown to people. The lock itself is on the directory, because a file can be
    /// removed and created again.
    package var lockPath: String { "\(path)/lock" }

    /// The longest path of a Unix socket that every platform accepts, in bytes (`sun_path` without its NUL, unix(7)).
    private static let socketPathByteCountLimit = 103

    /// The control socket: in the directory, or in a private directory below `/tmp` if that path is too long for a
    /// socket.
    package var controlSocketPath: String {
        let usual = "\(path)/control.sock"
        guard usual.utf8.count > Self.socketPathByteCountLimit, let digest = pathDigest else { return usual }
        return "/tmp/callbox-\(geteuid())/\(digest).sock"
    }

    /// All files that the archive can have.
    package var files: [String] {
        [journal.path, indexPath, quarantinePath].flatMap { [$0, $0 + "-wal", $0 + "-shm"] } + [
            lockPath, controlSocketPath,
        ]
    }

    /// Creates the private directory below `/tmp` if the control socket belongs there. A directory that belongs to
    /// another user is not used.
    package func prepareControlSocket() {
        let parent = FileSystem.parent(of: controlSocketPath)
        if parent.hasPrefix("/tmp/callbox-") { mkdir(parent, 0o700) }
    }

    /// True if the directory holds a journal.
    ///
    /// - Throws: `notPermitted` if this user lacks the permission to find out.
    package var exists: Bool { get throws(ArchiveError) { try FileSystem.exists(journal.path) } }

    /// Throws `missing` unless the directory holds a journal.
    package func requireJournal() throws(ArchiveError) {
        guard try exists else { throw .missing(path: path) }
    }

    /// Creates the directory with mode 0700.
    package func create() throws(ArchiveError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            var status = stat()
            if stat(path + "/.", &status) != 0, errno == EACCES { throw .system(path, EACCES) }
            throw .cannotOpen(path: path, reason: "the directory cannot be created")
        }
    }

    /// 32 hexadecimal digits that identify the directory by its real path, also through links. Nil if it does not
    /// exist.
    package var pathDigest: String? {
        resolvedPath.map { Hex.encode(SHA256.bytes(of: Array($0.utf8)).prefix(16)) }
    }

    /// The path without links; nil if the directory does not exist.
    var resolvedPath: String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// A journal's file, in an archive's directory or as a backup.
package struct JournalFile: Sendable, Equatable {
    /// The path of the database. SQLite adds files with the suffixes `-wal` and `-shm`.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Bytes on disk; 0 if there is no file.
    package var byteCount: Int64 { FileSystem.byteCount(path) }

    /// Bytes of the write-ahead log.
    package var logByteCount: Int64 { FileSystem.byteCount(path + "-wal") }
}
