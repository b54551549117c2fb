package import Deliveries

/// Why the archive cannot be used.
package enum ArchiveError: Error, Equatable {
    /// There is no file at the path.
    case missing(path: String)
    /// The file is no SQLite database, or one of another program.
    case notAnArchive(path: String)
    /// A newer Callbox wrote the file.
    case newerSchema(path: String, version: Int)
    /// An older Callbox wrote the file, and nobody has brought it up to date yet.
    case olderSchema(path: String, version: Int)
    /// What is stored does not read back as it was written.
    case damaged(String)
    /// Retention took the body; the delivery's row is still there.
    case pruned(DeliveryID, reason: String)
    /// Another process holds the archive for writing.
    case heldByAnother(path: String, processID: Int32?)
    /// The file or its folder cannot be opened, created or read.
    case cannotOpen(path: String, reason: String)
    /// There is a file where a new one was to be made.
    case alreadyThere(path: String)
    /// The disk is full.
    case storageFull
    /// Reading or writing failed in another way; `code` is SQLite's extended result code.
    case storageFailed(code: Int32)
    /// The archive was closed while the work waited.
    case closed
}
