internal import Foundation
internal import GRDB

package enum FileSystem {
    /// True if a file exists at the path. Follows links.
    ///
    /// - Throws: `notPermitted` or another error if the system cannot look up the path.
    package static func exists(_ path: String) throws(ArchiveError) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw .system(path, toWrite: false) }
        return false
    }

    /// The owner of the file or, if the file is not visible, of the nearest visible folder. Nil if the owner is the
    /// user of this process.
    static func otherOwner(of path: String) -> String? {
        var status = stat()
        var place = path
        while stat(place, &status) != 0 {
            guard place != ".", place != "/" else { return nil }
            let slash = place.lastIndex(of: "/")
            place = slash.map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
        }
        guard status.st_uid != geteuid() else { return nil }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwuid_r(status.st_uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            return "user \(status.st_uid)"
        }
        return String(cString: entry.pw_name)
    }

    /// The size of the file in bytes; 0 if the file does not exist.
    package static func byteCount(_ path: String) -> Int64 {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
        return size?.int64Value ?? 0
    }

    /// Creates a file with mode 0600. SQLite gives the same mode to `-wal` and `-shm`. Does not follow a link.
    ///
    /// - Parameter isNew: whether an existing file is an error.
    package static func createFile(_ path: String, isNew: Bool = false) throws(ArchiveError) {
        let descriptor = open(path, O_RDWR | O_CREAT | (isNew ? O_EXCL : 0) | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(path) }
        close(descriptor)
    }

    /// Syncs a directory, so new names in it survive a power cut.
    package static func syncDirectory(_ path: String) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    package static func syncFile(_ path: String) throws(ArchiveError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .storageFailed(code: ResultCode.SQLITE_IOERR.rawValue) }
    }

    /// Removes an SQLite database and its `-wal`, `-shm` and `-journal` files.
    package static func removeDatabase(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Renames a file durably. Unlike `rename`, fails if the destination exists.
    package static func move(_ path: String, to destination: String) throws(ArchiveError) {
        guard link(path, destination) == 0 else { throw .system(destination) }
        unlink(path)
        syncDirectory(parent(of: destination))
    }

    package static func parent(of path: String) -> String {
        URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    }

    /// The path with symbolic links resolved; the path itself if the file does not exist.
    static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// True if files can be created in the directory. False on a read-only medium.
    static func isWritable(directory path: String) -> Bool {
        access(path.isEmpty ? "." : path, W_OK) == 0
    }
}

/// The device and inode of a file.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let node: UInt64

    /// Nil if no file exists at the path. Follows links.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }

    /// Fails if the path now names another file, because data written to the open file would be lost.
    func check(at path: String) throws(ArchiveError) {
        guard FileIdentity(path: path) == self else { throw Self.moved(path) }
    }

    static func moved(_ path: String) -> ArchiveError {
        .cannotOpen(path: path, reason: "the file was moved or replaced while it was open; put it back or restart")
    }
}
