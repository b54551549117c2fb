internal import Foundation
internal import GRDB

/// What the archive asks of the file system beside SQLite.
package enum FileSystem {
    /// 0 when there is no file.
    package static func byteCount(_ path: String) -> Int64 {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
        return size?.int64Value ?? 0
    }

    /// Creates a file for its owner alone; SQLite gives the files it keeps beside it the same mode. A link at the path is not
    /// followed.
    ///
    /// - Parameter isNew: whether there must be no such file.
    package static func createFile(_ path: String, isNew: Bool = false) throws(ArchiveError) {
        let descriptor = open(path, O_RDWR | O_CREAT | (isNew ? O_EXCL : 0) | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        close(descriptor)
    }

    /// Makes a new name in a directory survive a power cut.
    package static func syncDirectory(_ path: String) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Brings a file's bytes to the disk.
    package static func syncFile(_ path: String) throws(ArchiveError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .storageFailed(code: ResultCode.SQLITE_IOERR.rawValue) }
    }

    /// Removes an SQLite database with the files that SQLite keeps beside it.
    package static func removeDatabase(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Gives a file another name durably. A file that has the name already is kept, unlike with `rename`.
    package static func move(_ path: String, to destination: String) throws(ArchiveError) {
        guard link(path, destination) == 0 else {
            throw .cannotOpen(path: destination, reason: String(cString: strerror(errno)))
        }
        unlink(path)
        syncDirectory(parent(of: destination))
    }

    /// The directory that holds a file.
    package static func parent(of path: String) -> String {
        URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    }

    /// Whether new files can be made in a directory: false on a read-only medium.
    package static func isWritable(directory path: String) -> Bool {
        access(path.isEmpty ? "." : path, W_OK) == 0
    }
}

/// Which file a path leads to, by device and inode.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let node: UInt64

    /// Nil when the path leads to no file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }

    /// Fails when the path leads to another file now: what is written to the open one would not be found again.
    package func check(at path: String) throws(ArchiveError) {
        guard FileIdentity(path: path) == self else { throw Self.moved(path) }
    }

    static func moved(_ path: String) -> ArchiveError {
        .cannotOpen(path: path, reason: "the file was moved or replaced while it was open; put it back or restart")
    }
}
