package import Deliveries
internal import GRDB

extension ArchiveWriter {
    /// Moves a refused delivery into the journal, in one transaction, and gives its number there.
    ///
    /// - Parameters:
    ///   - delivery: the same delivery, authenticated anew and sealed.
    ///   - forcedBecause: why a person let it in unproved; nil where today's secrets prove it.
    /// - Returns: nil where it is not in the quarantine any more.
    package func promote(
        _ id: QuarantineID, as delivery: SealedDelivery, at now: Timestamp, forcedBecause: String?
    ) throws(ArchiveError) -> DeliveryID? {
        let promoted = try perform { db in
            var number: Int64?
            try db.inTransaction(.immediate) {
                let row = try Row.fetchOne(
                    db, sql: "SELECT verification, reason FROM quarantine WHERE id = ?", arguments: [id.rawValue])
                guard let row else { return .rollback }
                let verification = try row.decode(String.self, atIndex: 0)
                let reason = try row.decode(String.self, atIndex: 1)
                var journal = try JournalAppend(db)
                try journal.insert([delivery], to: db)
                let next = journal.lastID
                try db.execute(
                    sql: """
                        INSERT INTO promotion (journalId, quarantineId, promotedAtMilliseconds, verification, reason,
                            forcedBecause)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        next, id.rawValue, now.millisecondsSinceEpoch, verification, reason, forcedBecause,
                    ])
                try db.execute(sql: "DELETE FROM quarantine WHERE id = ?", arguments: [id.rawValue])
                number = next
                return .commit
            }
            return number
        }
        announceGrowth()
        return promoted.map(DeliveryID.init(rawValue:))
    }

    /// Sends away refused deliveries that have become older than the limit.
    package func ageQuarantine(now: Timestamp) throws(ArchiveError) {
        let limits = quarantineLimits
        try perform { try QuarantineTable.age(limits, now: now, $0) }
    }

    /// Forgets refused deliveries: the one, or all.
    ///
    /// - Returns: how many there were.
    package func purgeQuarantine(_ id: QuarantineID?) throws(ArchiveError) -> Int {
        try perform { db in
            if let id {
                try db.execute(sql: "DELETE FROM quarantine WHERE id = ?", arguments: [id.rawValue])
            } else {
                try db.execute(sql: "DELETE FROM quarantine")
            }
            return db.changesCount
        }
    }
}
