internal import Foundation

/// The identity, size and modification time of a file that is read as immutable. SQLite takes no lock on such a file
/// and does not notice changes. Long-lived readers therefore compare this value and open the file again if it changed.
package struct FileState: Equatable, Sendable {
    private let file: FileIdentity?
    private let byteCount: Int64
    private let seconds: Int
    private let nanoseconds: Int

    private init(path: String) {
        var status = stat()
        file = FileIdentity(path: path)
        guard stat(path, &status) == 0 else {
            (byteCount, seconds, nanoseconds) = (0, 0, 0)
            return
        }
        #if canImport(Darwin)
            let changed = status.st_mtimespec
        #else
            let changed = status.st_mtim
        #endif
        byteCount = Int64(status.st_size)
        seconds = changed.tv_sec
        nanoseconds = changed.tv_nsec
    }

    /// The state of a file that `SQLiteFile` opens as immutable; nil for other files.
    package static func ofImmutable(_ path: String) throws(ArchiveError) -> FileState? {
        let path = FileSystem.realPath(path)
        return try SQLiteFile.isImmutable(path) ? FileState(path: path) : nil
    }
}
