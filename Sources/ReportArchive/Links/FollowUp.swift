package import Deliveries
internal import GRDB

/// Something to be fetched from a provider because of a delivery or a link.
package struct FollowUp: Sendable, Equatable {
    package let id: Int64
    package let order: FollowUpOrder
    /// Tries so far.
    package let attemptCount: Int
}

/// What is to be fetched, once: a second order for the same changes nothing.
package struct FollowUpOrder: Sendable, Hashable {
    /// The source that takes in what is fetched.
    package let source: String
    /// What is done: `centric-case`, `centric-report`, `certn-applicant`, `ezid-claims`, `certificall-report`.
    package let act: String
    /// What it is done about: an identifier.
    package let subject: String
    /// The delivery that led to it.
    package let cause: DeliveryID?

    package init(source: String, act: String, subject: String, cause: DeliveryID? = nil) {
        self.source = source
        self.act = act
        self.subject = subject
        self.cause = cause
    }
}

/// How far a follow-up is. The raw values stand in the archive.
package enum FollowUpState: String, Sendable, CaseIterable {
    case waiting
    case done
    /// Given up.
    case failed
}

/// A follow-up with what came of it so far.
package struct FollowUpRecord: Sendable, Equatable {
    package let followUp: FollowUp
    package let state: FollowUpState
    /// Nil where there is no next try.
    package let nextAttemptAt: Timestamp?
    package let fetched: DeliveryID?
    /// Why the last try brought nothing.
    package let problem: String?
}

/// How a try at a follow-up ended.
package enum FollowUpOutcome: Sendable, Equatable {
    /// What was fetched is this delivery; nil where there was nothing to keep.
    case done(DeliveryID?)
    case tryAgain(at: Timestamp, problem: String)
    case failed(problem: String)
}

extension ArchiveReader {
    /// How far the journal was looked through for what is to be followed up; nil where it never was.
    package func followUpCursor() throws(ArchiveReadFailure) -> DeliveryID? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT journalId FROM upkeep WHERE name = ?", arguments: [FollowUpRows.cursor])
                .map(DeliveryID.init(rawValue:))
        }
    }

    /// Deliveries that the projection has reached, after this one, oldest first.
    package func projectedDeliveries(
        after id: DeliveryID, limit: Int
    ) throws(ArchiveReadFailure) -> [DeliveryID] {
        try read { db in
            let hidden = try ProjectionTables.firstHiddenArrival(db)
            return try Int64.fetchAll(
                db, sql: "SELECT id FROM journal WHERE id > ? AND id < ? ORDER BY id LIMIT ?",
                arguments: [id.rawValue, hidden.rawValue >> 20, limit]
            ).map(DeliveryID.init(rawValue:))
        }
    }

    /// The newest delivery that the projection has reached; 0 where there is none.
    package func newestProjectedDelivery() throws(ArchiveReadFailure) -> DeliveryID {
        try read { db in
            let hidden = try ProjectionTables.firstHiddenArrival(db)
            let last = try Int64.fetchOne(
                db, sql: "SELECT max(id) FROM journal WHERE id < ?", arguments: [hidden.rawValue >> 20])
            return DeliveryID(rawValue: last ?? 0)
        }
    }

    /// What is due, the longest waiting first.
    package func dueFollowUps(at now: Timestamp, limit: Int) throws(ArchiveReadFailure) -> [FollowUp] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, act, subject, causeJournalId, attemptCount FROM followUp
                    WHERE state = 'waiting' AND nextAttemptAtMilliseconds <= ?
                    ORDER BY nextAttemptAtMilliseconds, id LIMIT ?
                    """, arguments: [now.millisecondsSinceEpoch, limit]
            ).map(FollowUp.init)
        }
    }

    /// Follow-ups in one of these states, all of them where none is named; newest first.
    ///
    /// - Parameter limit: most of them; nil for all.
    package func followUps(
        in states: [FollowUpState] = [], limit: Int? = nil
    ) throws(ArchiveReadFailure) -> [FollowUpRecord] {
        try read { db in
            let marks = states.map { _ in "?" }.joined(separator: ", ")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, act, subject, causeJournalId, attemptCount, state, nextAttemptAtMilliseconds,
                        fetchedJournalId, problem
                    FROM followUp WHERE \(states.isEmpty ? "TRUE" : "state IN (\(marks))") ORDER BY id DESC LIMIT ?
                    """, arguments: StatementArguments(states.map(\.rawValue)) + [limit ?? -1]
            ).map { row in
                guard let state = FollowUpState(rawValue: try row.decode(atIndex: 6)) else {
                    throw ArchiveError.damaged("a follow-up does not read back")
                }
                return FollowUpRecord(
                    followUp: try FollowUp(row), state: state,
                    nextAttemptAt: try row.decode(Int64?.self, atIndex: 7).map(Timestamp.init(millisecondsSinceEpoch:)),
                    fetched: try row.decode(Int64?.self, atIndex: 8).map(DeliveryID.init(rawValue:)),
                    problem: try row.decode(String?.self, atIndex: 9))
            }
        }
    }
}

extension FollowUp {
    /// From id, source, act, subject, causeJournalId and attemptCount, in this order.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.decode(atIndex: 0),
            order: FollowUpOrder(
                source: try row.decode(atIndex: 1), act: try row.decode(atIndex: 2),
                subject: try row.decode(atIndex: 3),
                cause: try row.decode(Int64?.self, atIndex: 4).map(DeliveryID.init(rawValue:))),
            attemptCount: try row.decode(atIndex: 5))
    }
}

extension ArchiveWriter {
    /// Takes orders down and moves the cursor on, both or neither.
    ///
    /// - Parameter cursor: nil leaves it where it is.
    package func order(
        _ orders: [FollowUpOrder], cursor: DeliveryID?, at now: Timestamp
    ) throws(ArchiveError) {
        try performWhole { db in
            for order in orders {
                try db.execute(
                    sql: """
                        INSERT INTO followUp (source, act, subject, causeJournalId, state, attemptCount,
                            nextAttemptAtMilliseconds)
                        VALUES (?, ?, ?, ?, 'waiting', 0, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        order.source.bindable, order.act.bindable, order.subject.bindable, order.cause?.rawValue,
                        now.millisecondsSinceEpoch,
                    ])
            }
            if let cursor {
                try db.execute(
                    sql: """
                        INSERT INTO upkeep (name, journalId) VALUES (?, ?)
                        ON CONFLICT (name) DO UPDATE SET journalId = excluded.journalId
                        """, arguments: [FollowUpRows.cursor, cursor.rawValue])
            }
        }
    }

    /// Notes how a try at a follow-up ended.
    package func conclude(_ id: Int64, _ outcome: FollowUpOutcome) throws(ArchiveError) {
        try performWhole { db in
            func set(_ state: String, next: Timestamp?, fetched: DeliveryID?, problem: String?) throws {
                try db.execute(
                    sql: """
                        UPDATE followUp SET state = ?, attemptCount = attemptCount + 1, nextAttemptAtMilliseconds = ?,
                            fetchedJournalId = ?, problem = ?
                        WHERE id = ?
                        """,
                    arguments: [state, next?.millisecondsSinceEpoch, fetched?.rawValue, problem?.bindable, id])
            }
            switch outcome {
            case .done(let fetched): try set("done", next: nil, fetched: fetched, problem: nil)
            case .tryAgain(let next, let problem): try set("waiting", next: next, fetched: nil, problem: problem)
            case .failed(let problem): try set("failed", next: nil, fetched: nil, problem: problem)
            }
        }
    }
}

enum FollowUpRows {
    /// The name of the cursor among the archive's upkeep.
    static let cursor = "follow-up"
}
