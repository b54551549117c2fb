package import Deliveries
internal import GRDB
package import Journal
internal import Synchronization

/// The quarantine, open for reading, beside a running server or without one. Never writes. Without a file it is empty.
package final class QuarantineReader: Sendable {
    private struct Opened {
        let queue: DatabaseQueue
        let file: FileIdentity
    }

    private let path: String
    private let opened = Mutex<Opened?>(nil)

    package init(_ directory: ArchiveDirectory) {
        path = directory.quarantinePath
    }

    /// Rejected deliveries, newest first. Rows that do not read back are left out.
    package func list(limit: Int?) throws(ArchiveError) -> [QuarantineEntry] {
        try read { db in
            let cursor = try Row.fetchCursor(
                db, sql: "SELECT \(QuarantineEntry.columns) FROM quarantine ORDER BY id DESC LIMIT ?",
                arguments: [limit ?? -1])
            var entries: [QuarantineEntry] = []
            while let row = try cursor.next() {
                if let entry = try? QuarantineEntry(row) { entries.append(entry) }
            }
            return entries
        } ?? []
    }

    /// The rejected delivery with this number; nil when there is none, or it does not read back.
    package func entry(_ id: QuarantineID) throws(ArchiveError) -> QuarantineEntry? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT \(QuarantineEntry.columns) FROM quarantine WHERE id = ?", arguments: [id.rawValue]
            ).flatMap { try? QuarantineEntry($0) }
        } ?? nil
    }

    /// How many rejected deliveries are stored, and the bytes that they take.
    package func size() throws(ArchiveError) -> (count: Int64, byteCount: Int64) {
        try read { try QuarantineTable.size($0) } ?? (0, 0)
    }

    /// Deliveries since `time` that were rejected because their signatures had expired.
    package func expiredCount(since time: Timestamp) throws(ArchiveError) -> Int64 {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT count(*) FROM quarantine WHERE verification = 'expired' AND receivedAtMilliseconds >= ?",
                arguments: [time.millisecondsSinceEpoch]) ?? 0
        } ?? 0
    }

    /// Rejected deliveries after a number, oldest first.
    ///
    /// - Parameters:
    ///   - sources: only of these; of all sources if it is empty.
    ///   - newest: whether the newest `limit` are read instead of the oldest.
    package func rejected(
        after number: Int64, sources: [String], newest: Bool, limit: Int
    ) throws(ArchiveError) -> [RejectedArrival] {
        let isOfSource = sources.isEmpty ? "" : " AND source IN (\(sources.map { _ in "?" }.joined(separator: ", ")))"
        let arrivals = try read { db -> [RejectedArrival] in
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(RejectedArrival.columns) FROM quarantine
                    WHERE id > ?\(isOfSource) ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?
                    """, arguments: [number] + StatementArguments(sources) + [limit])
            var arrivals: [RejectedArrival] = []
            while let row = try cursor.next() {
                if let arrival = try? RejectedArrival(row) { arrivals.append(arrival) }
            }
            return arrivals
        }
        return newest ? (arrivals ?? []).reversed() : arrivals ?? []
    }

    package func close() {
        opened.withLock { opened in
            try? opened?.queue.close()
            opened = nil
        }
    }

    /// Reads under one snapshot.
    ///
    /// - Returns: nil when there is no file yet.
    private func read<Value>(_ work: (Database) throws -> Value) throws(ArchiveError) -> Value? {
        guard let queue = try currentQueue() else { return nil }
        return try SQLiteFile.translating(path) { try queue.read(work) }
    }

    /// The file that is at the path now: the writer replaces one that is damaged.
    private func currentQueue() throws(ArchiveError) -> DatabaseQueue? {
        try opened.withLock { opened throws(ArchiveError) in
            let file = FileIdentity(path: path)
            if let opened, opened.file == file { return opened.queue }
            try? opened?.queue.close()
            opened = nil
            // A file without bytes is one that the writer is about to fill.
            guard let file, FileSystem.byteCount(path) > 0 else { return nil }
            let queue = try SQLiteFile.openForReading(path, QuarantineSchema.schema)
            opened = Opened(queue: queue, file: file)
            return queue
        }
    }
}
