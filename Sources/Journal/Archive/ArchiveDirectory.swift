internal import Crypto
internal import Deliveries
internal import Foundation

/// An archive's directory and the files in it.
///
/// | file | holds |
/// |---|---|
/// | `journal.sqlite` | every entry, in order: the only truth |
/// | `index.sqlite` | what queries read, derived from the journal |
/// | `quarantine.sqlite` | rejected deliveries, within bounds |
/// | `lock` | the process ID of the writer |
/// | `control.sock` | the writer's control socket |
package struct ArchiveDirectory: Sendable, Equatable {
    package let path: String

    package init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var journal: JournalFile {
        JournalFile(path: file("journal.sqlite"))
    }

    package var indexPath: String {
        file("index.sqlite")
    }

    package var quarantinePath: String {
        file("quarantine.sqlite")
    }

    /// Names the writer for people. The lock itself is on the directory, because a file can be removed and made again.
    package var lockPath: String {
        file("lock")
    }

    /// Longest path of a Unix socket that every platform accepts, in bytes (`sun_path` less its NUL, unix(7)).
    private static let socketPathByteCountLimit = 103

    /// The control socket: in the directory, or in a private directory below `/tmp` when that path is too long for a socket.
    package var controlSocketPath: String {
        let usual = file("control.sock")
        guard usual.utf8.count > Self.socketPathByteCountLimit, let digest = pathDigest else { return usual }
        return "/tmp/callbox-\(geteuid())/\(digest).sock"
    }

    /// Every file that the archive may have.
    package var files: [String] {
        [journal.path, indexPath, quarantinePath].flatMap { [$0, $0 + "-wal", $0 + "-shm"] } + [
            lockPath, controlSocketPath,
        ]
    }

    /// Creates the private directory below `/tmp` if the control socket is there. One that another user made is not used.
    package func prepareControlSocket() {
        let parent = FileSystem.parent(of: controlSocketPath)
        guard parent.hasPrefix("/tmp/callbox-") else { return }
        mkdir(parent, 0o700)
    }

    /// Whether the directory holds a journal.
    package var exists: Bool {
        journal.exists
    }

    /// Creates the directory for its owner alone.
    package func create() throws(ArchiveError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotOpen(path: path, reason: "the directory cannot be created")
        }
    }

    /// Makes the entries of new files in the directory survive a power cut.
    package func sync() {
        FileSystem.syncDirectory(path)
    }

    /// 32 hexadecimal digits that identify the directory by its real path, whatever links lead to it. Nil when it does not exist.
    package var pathDigest: String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let digest = SHA256.hash(data: Array(String(cString: resolved).utf8))
        return Hex.encode(digest.prefix(16))
    }

    private func file(_ name: String) -> String {
        "\(path)/\(name)"
    }
}

/// A journal's file: the one in an archive's directory, or a backup.
package struct JournalFile: Sendable, Equatable {
    /// SQLite keeps `-wal` and `-shm` beside it.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var exists: Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Bytes on disk; 0 when there is no file.
    package var byteCount: Int64 {
        FileSystem.byteCount(path)
    }

    /// Bytes of the write-ahead log that have not been copied into the file.
    package var logByteCount: Int64 {
        FileSystem.byteCount(path + "-wal")
    }
}
