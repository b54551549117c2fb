package import Deliveries
internal import GRDB
package import Journal
internal import Synchronization

/// The quarantine, open for reading, with or without a running server. Never writes. If there is no file, the reader
/// returns no deliveries.
package final class QuarantineReader: Sendable {
    private let path: String
    private let opened = Mutex<(queue: DatabaseQueue, file: FileIdentity)?>(nil)

    package init(_ directory: ArchiveDirectory) {
        path = directory.quarantinePath
    }

    /// The rejected deliveries, newest first. Omits unreadable rows.
    package func list(limit: Int?) throws(ArchiveError) -> [QuarantineEntry] {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(QuarantineEntry.columns) FROM quarantine ORDER BY id DESC LIMIT ?",
                arguments: [limit ?? -1])
            return try Array(rows.compactMap { try? QuarantineEntry($0) })
        } ?? []
    }

    /// The rejected delivery with an ID. Nil if there is none, or if its row cannot be read.
    package func entry(_ id: QuarantineID) throws(ArchiveError) -> QuarantineEntry? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT \(QuarantineEntry.columns) FROM quarantine WHERE id = ?", arguments: [id.rawValue]
            ).flatMap { try? QuarantineEntry($0) }
        } ?? nil
    }

    /// The number of rejected deliveries and their stored bytes.
    package func size() throws(ArchiveError) -> (count: Int64, byteCount: Int64) {
        try read { try QuarantineTable.size($0) } ?? (0, 0)
    }

    /// The number of deliveries since `time` that were rejected because of an expired signature.
    package func expiredCount(since time: Timestamp) throws(ArchiveError) -> Int64 {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT count(*) FROM quarantine WHERE verification = 'expired' AND receivedAtMilliseconds >= ?",
                arguments: [time.millisecondsSinceEpoch]) ?? 0
        } ?? 0
    }

    /// The rejected deliveries after an ID, oldest first. Omits unreadable rows.
    ///
    /// - Parameters:
    ///   - sources: the sources to include; empty for all.
    ///   - newest: whether `limit` selects the newest deliveries instead of the oldest.
    package func rejected(
        after number: Int64, sources: [String], newest: Bool, limit: Int
    ) throws(ArchiveError) -> [RejectedArrival] {
        let isOfSource = sources.isEmpty ? "" : " AND source IN (\(sources.map { _ in "?" }.joined(separator: ", ")))"
        let arrivals: [RejectedArrival] =
            try read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT \(RejectedArrival.columns) FROM quarantine
                        WHERE id > ?\(isOfSource) ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?
                        """, arguments: [number] + StatementArguments(sources) + [limit])
                return try Array(rows.compactMap { try? RejectedArrival($0) })
            } ?? []
        return newest ? arrivals.reversed() : arrivals
    }

    /// The ID of the newest rejected delivery; 0 if there is none.
    package func lastID() throws(ArchiveError) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM quarantine") ?? 0 } ?? 0
    }

    /// The ID of the first delivery that was rejected at or after `moment`.
    package func firstID(since moment: Timestamp) throws(ArchiveError) -> Int64? {
        try read {
            try Int64.fetchOne(
                $0, sql: "SELECT min(id) FROM quarantine WHERE receivedAtMilliseconds >= ?",
                arguments: [moment.millisecondsSinceEpoch])
        } ?? nil
    }

    package func close() {
        opened.withLock { opened in
            try? opened?.queue.close()
            opened = nil
        }
    }

    /// Runs `work` in one snapshot. Nil if there is no file.
    private func read<Value>(_ work: (Database) throws -> Value) throws(ArchiveError) -> Value? {
        guard let queue = try currentQueue() else { return nil }
        return try SQLiteFile.translating(path) { try queue.read(work) }
    }

    /// The connection to the file that is now at the path. Opens it again if the writer has replaced a damaged file.
    private func currentQueue() throws(ArchiveError) -> DatabaseQueue? {
        try opened.withLock { opened throws(ArchiveError) in
            let file = FileIdentity(path: path)
            if let opened, opened.file == file { return opened.queue }
            try? opened?.queue.close()
            opened = nil
            // An empty file is one that the writer has just created and that has no tables yet.
            guard let file, FileSystem.byteCount(path) > 0 else { return nil }
            let queue = try SQLiteFile.openForReading(path, QuarantineSchema.schema)
            opened = (queue, file)
            return queue
        }
    }
}
