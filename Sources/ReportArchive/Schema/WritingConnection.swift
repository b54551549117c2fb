internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// The one connection that writes and checkpoints, used by one thread.
///
/// `@unchecked Sendable`: made by whoever opens the archive, then used by the writer's thread alone.
final class WritingConnection: @unchecked Sendable {
    private let location: ArchiveLocation
    private let queue: DatabaseQueue
    /// Which file this is.
    let file: FileIdentity
    private var syncsCommits = true
    /// Of the pages written to the log, those that were copied back.
    private var copiedPageCount = 0

    /// - Parameter known: the file that was open before; no other is taken then, and none is made. Nil at the start.
    init(_ location: ArchiveLocation, known: FileIdentity?) throws(ArchiveError) {
        if let known { try known.refuseAnother(at: location) }
        self.location = location
        self.queue = try ArchiveConnection.openForWriting(location)
        guard let file = FileIdentity(path: location.path), file == known ?? file else {
            throw FileIdentity.moved(location)
        }
        self.file = file
    }

    /// Runs SQLite work outside any transaction and gives its failures this module's names.
    func run<Value>(_ work: (Database) throws -> Value) throws(ArchiveError) -> Value {
        try ArchiveConnection.wrapping(location) { try queue.writeWithoutTransaction(work) }
    }

    /// Whether work left a transaction open, as it does when its rollback fails as well, for want of memory.
    var hasOpenTransaction: Bool {
        queue.writeWithoutTransaction { $0.isInsideTransaction }
    }

    /// Whether commits wait until they are on disk. Read back where it changes, for the promise rests on it.
    ///
    /// Without, a power cut may take the last transactions, whole and from the end (sqlite.org/pragma.html#pragma_synchronous):
    /// right for what can be made again from the journal. The next commit that syncs brings them to the disk as well.
    func syncCommits(_ syncs: Bool) throws(ArchiveError) {
        guard syncs != syncsCommits else { return }
        let level = syncs ? 2 : 1
        let readBack = try run { db in
            try db.execute(sql: "PRAGMA synchronous = \(level)")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard readBack == level else {
            throw .cannotOpen(path: location.path, reason: "SQLite does not take the setting of its syncs")
        }
        syncsCommits = syncs
    }

    /// A file that was moved away or replaced would still be written to, and nobody would find what was acknowledged.
    func refuseMovedFile() throws(ArchiveError) {
        try file.refuseAnother(at: location)
    }

    /// Copies the log back into the file where it has grown by so many bytes. Failing to copy loses nothing: the log stays and
    /// the next round tries again.
    func checkpoint(atLeast byteCount: Int) {
        queue.writeWithoutTransaction { db in
            let count = Self.writtenPageCount(db)
            guard (count - copiedPageCount) * Self.pageByteCount >= byteCount else { return }
            _ = try? db.checkpoint(.passive)
            copiedPageCount = count
        }
    }

    /// Leaves the whole archive in one file, and closes it.
    func finish() {
        queue.writeWithoutTransaction { _ = try? $0.checkpoint(.truncate) }
        close()
    }

    func close() {
        try? queue.close()
    }

    private static let pageByteCount = 4096

    /// Pages that this connection has written to the log so far.
    private static func writtenPageCount(_ db: Database) -> Int {
        var current: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 0)
        return Int(current)
    }
}

/// Which file a path leads to.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let node: UInt64

    /// Nil where it leads to none.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }

    /// Fails where the path leads elsewhere by now, or nowhere.
    func refuseAnother(at location: ArchiveLocation) throws(ArchiveError) {
        guard FileIdentity(path: location.path) == self else { throw Self.moved(location) }
    }

    static func moved(_ location: ArchiveLocation) -> ArchiveError {
        .cannotOpen(
            path: location.path, reason: "the file was moved or replaced while it was open; put it back or restart")
    }
}
