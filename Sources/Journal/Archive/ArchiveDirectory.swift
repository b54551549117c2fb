internal import Crypto
internal import Deliveries
internal import Foundation

/// An archive's directory and its files.
///
/// | file | contents |
/// |---|---|
/// | `journal.sqlite` | all entries, in order: the source of truth |
/// | `index.sqlite` | the tables that queries read, derived from the journal |
/// | `quarantine.sqlite` | rejected deliveries, within bounds |
/// | `lock` | the process ID of the writer |
/// | `control.sock` | the writer's control socket |
/// | `replays/` | responses of the last replay runs, and plans of runs that can be resumed |
package struct ArchiveDirectory: Sendable, Equatable {
    package let path: String

    package init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var journal: JournalFile { JournalFile(path: "\(path)/journal.sqlite") }
    package var indexPath: String { "\(path)/index.sqlite" }
    package var quarantinePath: String { "\(path)/quarantine.sqlite" }
    package var replaysPath: String { "\(path)/replays" }

    /// The file with the writer's process ID, for messages. The lock itself is on the directory, because a lock file
    /// could be removed and created again.
    package var lockPath: String { "\(path)/lock" }

    /// The maximum length of a Unix socket path that every platform accepts, in bytes (`sun_path` without its NUL,
    /// unix(7)).
    private static let socketPathByteCountLimit = 103

    /// The path of the control socket: in the directory or, if that path is too long for a socket, in a private
    /// directory below `/tmp`.
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

    /// Creates the private directory below `/tmp` if the control socket needs it. Does not use a directory that belongs
    /// to another user.
    package func prepareControlSocket() {
        let parent = FileSystem.parent(of: controlSocketPath)
        if parent.hasPrefix("/tmp/callbox-") { mkdir(parent, 0o700) }
    }

    /// True if the directory contains a journal.
    ///
    /// - Throws: `notPermitted` if this user cannot read the directory.
    package var exists: Bool { get throws(ArchiveError) { try FileSystem.exists(journal.path) } }

    /// Throws `missing` unless the directory contains a journal.
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

    /// The first half of the SHA-256 of the real path, as 32 hexadecimal digits. Links to the directory have the same
    /// digest. Nil if the directory does not exist.
    package var pathDigest: String? {
        resolvedPath.map { Hex.encode(SHA256.bytes(of: Array($0.utf8)).prefix(16)) }
    }

    /// The path with symbolic links resolved; nil if the directory does not exist.
    var resolvedPath: String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// A journal file in an archive's directory, or a backup of a journal.
package struct JournalFile: Sendable, Equatable {
    /// The path of the database. SQLite adds files with the suffixes `-wal` and `-shm`.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The size on disk in bytes; 0 if the file does not exist.
    package var byteCount: Int64 { FileSystem.byteCount(path) }

    /// The size of the write-ahead log in bytes.
    package var logByteCount: Int64 { FileSystem.byteCount(path + "-wal") }
}
