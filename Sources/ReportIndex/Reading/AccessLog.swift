package import Deliveries
internal import GRDB
package import Journal

/// A row of the access log.
package struct AccessEntry: Sendable, Equatable {
    package let id: Int64
    /// By the clock of whoever wrote it.
    package let at: Timestamp
    package let record: AccessRecord
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
                    SELECT id, atMilliseconds, user, command, subject, reason FROM access WHERE id < ?
                    ORDER BY id DESC LIMIT ?
                    """, arguments: [id, limit]
            ).map { row in
                let id: Int64 = try row.decode(atIndex: 0)
                let record = AccessRecord(
                    user: try row.decode(atIndex: 2), command: try row.decode(atIndex: 3),
                    subject: try row.decode(atIndex: 4), reason: try row.decode(String?.self, atIndex: 5))
                guard let record else { throw ArchiveError.damaged("row \(id) of the access log does not read back") }
                return AccessEntry(
                    id: id, at: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)), record: record)
            }
        }
    }
}
