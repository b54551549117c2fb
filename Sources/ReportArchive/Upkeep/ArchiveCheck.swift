package import Deliveries
internal import GRDB

/// What `archive check` found.
package struct ArchiveCheck: Sendable {
    package let deliveryCount: Int
    /// Of the bodies that read back as they arrived.
    package let bodyByteCount: Int64
    /// One sentence each, at most a hundred.
    package let findings: [String]

    package static let findingCountLimit = 100
}

extension ArchiveReader {
    /// Reads every row and checks it: SQLite's own structure, each body's length and SHA-256, gaps in the numbering, and that
    /// the projection refers to what is there.
    ///
    /// - Parameter progress: called now and then with the number of the delivery last checked.
    package func check(progress: (DeliveryID) -> Void = { _ in }) throws(ArchiveReadFailure) -> ArchiveCheck {
        var findings: [String] = []
        var deliveryCount = 0
        var bodyByteCount: Int64 = 0
        func note(_ finding: String) {
            if findings.count < ArchiveCheck.findingCountLimit { findings.append(finding) }
        }
        try read { db in
            for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
                note("SQLite: \(line)")
            }
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20) {
                note(
                    "table \(row[0] as String? ?? "?"), row \(row[1] as Int64? ?? 0): it refers to a row that is not there"
                )
            }
        }
        var last: Int64 = 0
        while true {
            let rows = try read { try JournalRows.batch(after: last, countLimit: 256, byteCountLimit: 16 << 20, $0) }
            guard !rows.isEmpty else { break }
            for row in rows {
                if row.id.rawValue != last + 1 {
                    note("deliveries \(last + 1) to \(row.id.rawValue - 1) are not there")
                }
                last = row.id.rawValue
                deliveryCount += 1
                do throws(ArchiveError) {
                    bodyByteCount += Int64(try row.opened().request.body.count)
                } catch .damaged(let finding) {
                    note(finding)
                } catch {
                    throw .archive(error)
                }
            }
            progress(DeliveryID(rawValue: last))
        }
        return ArchiveCheck(deliveryCount: deliveryCount, bodyByteCount: bodyByteCount, findings: findings)
    }
}
