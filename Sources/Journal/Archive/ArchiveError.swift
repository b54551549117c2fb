package import Deliveries
internal import Foundation
package import GRDB
package import Threads

/// The reason why an archive cannot be used.
package enum ArchiveError: Error, Equatable {
    /// There is no archive at the path.
    case missing(path: String)
    /// The file is not an SQLite database, or belongs to another program.
    case notAnArchive(path: String)
    /// This version cannot read the file's format.
    case unknownFormat(path: String, format: Int)
    /// The file has tables, triggers or columns that Callbox did not create.
    case foreignSchema(path: String, object: String)
    /// Stored data cannot be read back as it was written.
    case damaged(String)
    /// The body was pruned; the entry still exists.
    case pruned(DeliveryID, reason: String)
    /// The journal already has an entry with this UUID.
    case alreadyRecorded(uuid: String)
    /// Another process holds the archive for writing.
    case heldByAnother(path: String, processID: Int32?)
    /// The file or its directory cannot be opened for writing, or created.
    case cannotOpen(path: String, reason: String)
    /// The file cannot be opened for reading.
    case cannotRead(path: String, reason: String)
    /// The user of this process is not permitted to read the file or enter its folder.
    ///
    /// - Parameter owner: the owner of the file; nil if it is the user of this process.
    case notPermitted(path: String, owner: String?)
    /// The user of this process is not permitted to create or write the file. `owner` is as in `notPermitted`.
    case notWritable(path: String, owner: String?)
    /// The archive is on a file system on which a commit might not be durable.
    case onNetwork(path: String, fileSystem: String)
    /// A new file cannot be created because the path already exists.
    case alreadyThere(path: String)
    case storageFull
    /// Reading or writing failed for another reason. `code` is SQLite's extended result code.
    case storageFailed(code: Int32)
    /// A sync or checkpoint failed, and the log has not been restarted since. No delivery is acknowledged until the log
    /// is restarted.
    case logNotRestarted(path: String)
    /// The journal is a copy. Only copying adds entries to a copy.
    case isCopy
    /// Another archive took over from this archive.
    case superseded
    /// The archive cannot become the primary.
    case notPromoted(reason: String)
    /// The journal cannot become, or remain, a copy of the other journal.
    case notACopy(reason: String)
    /// The archive was closed before the work started.
    case closed

    /// The error for a thread that the archive at `path` could not start.
    package init(_ error: OwnedThread.CannotStart, path: String) {
        self = .cannotOpen(path: path, reason: "the system cannot start another thread")
    }

    /// The error for an SQLite failure.
    package init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .storageFull
        case .SQLITE_NOTADB: self = .notAnArchive(path: path)
        case .SQLITE_CORRUPT: self = .damaged("\(path) is damaged: SQLite reports that it is malformed")
        case .SQLITE_CANTOPEN:
            self = Self.cause(path, R_OK) ?? .cannotOpen(path: path, reason: "it cannot be opened")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self = Self.cause(path, W_OK) ?? .cannotOpen(path: path, reason: "it is not writable")
        case .SQLITE_BUSY: self = .heldByAnother(path: path, processID: nil)
        default: self = .storageFailed(code: error.extendedResultCode.rawValue)
        }
    }

    /// The error for a system call on `path` that failed with `errno`.
    ///
    /// - Parameter toWrite: whether the call creates or changes a file.
    package static func system(_ path: String, _ code: Int32 = errno, toWrite: Bool = true) -> ArchiveError {
        if code == EACCES || code == EPERM {
            let owner = FileSystem.otherOwner(of: path)
            return toWrite ? .notWritable(path: path, owner: owner) : .notPermitted(path: path, owner: owner)
        }
        let reason = code == EROFS ? "the file system is read-only" : String(cString: strerror(code))
        return toWrite ? .cannotOpen(path: path, reason: reason) : .cannotRead(path: path, reason: reason)
    }

    /// The same error for a read-only connection: `cannotRead` instead of `cannotOpen`.
    var whenReading: ArchiveError {
        if case .cannotOpen(let path, let reason) = self { .cannotRead(path: path, reason: reason) } else { self }
    }

    /// The maximum length of a real path that SQLite opens, in bytes (`MAX_PATHNAME` minus the suffix of a log,
    /// os_unix.c).
    private static let pathByteCountLimit = 504

    /// The reason why SQLite cannot open a file or its log; nil if the system reports no reason.
    private static func cause(_ path: String, _ mode: Int32) -> ArchiveError? {
        let count = FileSystem.realPath(path).utf8.count
        guard count <= pathByteCountLimit else {
            return .cannotOpen(
                path: path, reason: "its path has \(count) bytes, but SQLite accepts at most \(pathByteCountLimit)")
        }
        for path in ["", "-wal", "-shm"].map({ path + $0 }) where access(path, mode) != 0 && errno == EACCES {
            return .system(path, EACCES, toWrite: mode == W_OK)
        }
        // Checks the folder of the real file, because SQLite creates logs there.
        let folder = ArchiveDirectory(path: FileSystem.parent(of: FileSystem.realPath(path))).path
        return access(folder, W_OK) != 0 && (errno == EACCES || errno == EROFS) ? .system(folder) : nil
    }
}
