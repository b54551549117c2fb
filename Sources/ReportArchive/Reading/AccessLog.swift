package import Deliveries
internal import GRDB

/// That somebody wants to see what is masked otherwise. What they say of themselves is not proved.
package struct AccessRecord: Sendable, Equatable {
    /// The account, as the command line found it.
    package let user: String
    /// Such as `show`.
    package let command: String
    /// Numbers of deliveries, or a filter in words.
    package let what: String
    package let reason: String?

    /// The longest of a record's texts, in bytes of UTF-8.
    package static let textByteCountLimit = 4096

    /// Nil where user or command is empty, the reason is given but empty, or a text is longer than the limit. For U+0000,
    /// which the archive's texts cannot hold, U+FFFD stands.
    package init?(user: String, command: String, what: String, reason: String?) {
        let (user, command, what, reason) = (user.bindable, command.bindable, what.bindable, reason?.bindable)
        let texts = [user, command, what, reason ?? ""]
        guard !user.isEmpty, !command.isEmpty, reason != "",
            texts.allSatisfy({ $0.utf8.count <= Self.textByteCountLimit })
        else { return nil }
        self.user = user
        self.command = command
        self.what = what
        self.reason = reason
    }
}

/// A row of the access log.
package struct AccessEntry: Sendable, Equatable {
    package let id: Int64
    /// By the clock of whoever wrote it.
    package let at: Timestamp
    package let record: AccessRecord
}

extension ArchiveWriter {
    /// Appends to the access log and gives the row's number; on disk when this returns.
    @discardableResult
    package func record(_ access: AccessRecord, at now: Timestamp) throws(ArchiveError) -> Int64 {
        try perform { db in
            try db.execute(
                sql: "INSERT INTO access (atMilliseconds, user, command, what, reason) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    now.millisecondsSinceEpoch, access.user, access.command, access.what, access.reason,
                ])
            return db.lastInsertedRowID
        }
    }
}

extension ArchiveReader {
    /// Rows of the access log read under one snapshot.
    private static let accessPageCount = 500

    /// The access log, newest first, handed over one by one so that memory does not grow with their number.
    ///
    /// - Parameter limit: the most rows; nil for all.
    package func forEachAccess(
        limit: Int?, _ body: (AccessEntry) throws -> Void
    ) throws(ArchiveReadFailure) {
        var remaining = limit.map { max(0, $0) } ?? .max
        var last = Int64.max
        while remaining > 0 {
            let count = min(remaining, Self.accessPageCount)
            let page = try accesses(before: last, limit: count)
            for entry in page {
                do { try body(entry) } catch { throw .stopped(error) }
            }
            guard page.count == count, let end = page.last?.id, end < last else { return }
            last = end
            remaining -= count
        }
    }

    private func accesses(before id: Int64, limit: Int) throws(ArchiveReadFailure) -> [AccessEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, atMilliseconds, user, command, what, reason FROM access WHERE id < ?
                    ORDER BY id DESC LIMIT ?
                    """, arguments: [id, limit]
            ).map { row in
                let id: Int64 = try row.decode(atIndex: 0)
                let record = AccessRecord(
                    user: try row.decode(atIndex: 2), command: try row.decode(atIndex: 3),
                    what: try row.decode(atIndex: 4), reason: try row.decode(String?.self, atIndex: 5))
                guard let record else { throw ArchiveError.damaged("row \(id) of the access log does not read back") }
                return AccessEntry(
                    id: id, at: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)), record: record)
            }
        }
    }
}
