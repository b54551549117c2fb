package import Deliveries
internal import GRDB
package import Journal

/// Something to be fetched from a provider because of a delivery or a link.
package struct FollowUp: Sendable, Equatable {
    package let id: Int64
    package let order: FollowUpOrder
    /// Tries so far.
    package let attemptCount: Int
}

/// The state of a follow-up. The raw values are stored.
package enum FollowUpState: String, Sendable, CaseIterable {
    case waiting
    case done
    /// Given up.
    case failed
}

/// A follow-up and its result so far.
package struct FollowUpRecord: Sendable, Equatable {
    package let followUp: FollowUp
    package let state: FollowUpState
    /// Nil when there is no next attempt.
    package let nextAttemptAt: Timestamp?
    package let fetched: DeliveryID?
    /// Why the last try brought nothing.
    package let problem: String?
}

extension ArchiveReader {
    /// The position up to which deliveries were searched for follow-ups; nil when follow-up never began.
    package func followUpCursor() throws -> DeliveryID? {
        try read { try IndexState.followUpCursor($0).map(DeliveryID.init(rawValue:)) }
    }

    /// What is due, the longest waiting first.
    package func dueFollowUps(at now: Timestamp, limit: Int) throws -> [FollowUp] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, task, subject, causeDeliveryId, attemptCount FROM followUp
                    WHERE state = 'waiting' AND nextAttemptAtMilliseconds <= ?
                    ORDER BY nextAttemptAtMilliseconds, id LIMIT ?
                    """, arguments: [now.millisecondsSinceEpoch, limit]
            ).map(FollowUp.init)
        }
    }

    /// Follow-ups in one of these states, or all if none is named; newest first.
    ///
    /// - Parameter limit: most of them; nil for all.
    package func followUps(
        in states: [FollowUpState] = [], limit: Int? = nil
    ) throws -> [FollowUpRecord] {
        try read { db in
            let marks = states.map { _ in "?" }.joined(separator: ", ")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, task, subject, causeDeliveryId, attemptCount, state, nextAttemptAtMilliseconds,
                        fetchedDeliveryId, problem
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
    /// From id, source, task, subject, causeDeliveryId and attemptCount, in this order.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.decode(atIndex: 0),
            order: FollowUpOrder(
                source: try row.decode(atIndex: 1), task: try row.decode(atIndex: 2),
                subject: try row.decode(atIndex: 3),
                cause: try row.decode(Int64?.self, atIndex: 4).map(DeliveryID.init(rawValue:))),
            attemptCount: try row.decode(atIndex: 5))
    }
}
