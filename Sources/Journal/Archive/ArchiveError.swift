package import Deliveries
package import Threads

/// Why an archive cannot be used.
package enum ArchiveError: Error, Equatable {
    /// There is no archive at the path.
    case missing(path: String)
    /// The file is not an SQLite database, or belongs to another program.
    case notAnArchive(path: String)
    /// The file has a format that this version does not read.
    case unknownFormat(path: String, format: Int)
    /// The file has tables, triggers or columns that Callbox did not make.
    case foreignSchema(path: String, object: String)
    /// What is stored does not read back as it was written.
    case damaged(String)
    /// The body was pruned; the entry is still there.
    case pruned(DeliveryID, reason: String)
    /// The journal has an entry with this UUID.
    case alreadyRecorded(uuid: String)
    /// Another process holds the archive for writing.
    case heldByAnother(path: String, processID: Int32?)
    /// The file or its directory cannot be opened, created or read.
    case cannotOpen(path: String, reason: String)
    /// There is a file where a new one was to be made.
    case alreadyThere(path: String)
    /// The disk is full.
    case storageFull
    /// Reading or writing failed in another way; `code` is SQLite's extended result code.
    case storageFailed(code: Int32)
    /// A sync or checkpoint failed before, and the log has not been restarted since. Nothing is acknowledged until it was.
    case logNotRestarted(path: String)
    /// The archive was closed while the work waited.
    case closed
}

extension ArchiveError {
    /// A thread of the archive at `path` could not be started.
    package init(_ error: OwnedThread.CannotStart, path: String) {
        self = .cannotOpen(path: path, reason: "the system cannot start another thread")
    }
}
