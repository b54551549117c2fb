package import Deliveries
internal import GRDB
package import Journal

/// An order to fetch data from a provider because of a delivery or a link.
package struct FollowUp: Sendable, Equatable {
    package let id: Int64
    package let order: FollowUpOrder
    package let attemptCount: Int
}

/// The state of a follow-up. The raw values are stored.
package enum FollowUpState: String, Sendable, CaseIterable {
    case waiting
    case done
    case failed
}

/// A follow-up and its result so far.
package struct FollowUpRecord: Sendable, Equatable {
    package let followUp: FollowUp
    package let state: FollowUpState
    /// The time of the next try; nil if no further try is planned.
    package let nextAttemptAt: Timestamp?
    package let fetched: DeliveryID?
    /// The reason why the last try failed.
    package let problem: String?
}

extension ArchiveReader {
    /// The position up to which deliveries were searched for follow-ups; nil if follow-up never ran.
    package func followUpCursor() throws -> DeliveryID? {
        try read { try IndexState.followUpCursor($0).map(DeliveryID.init(rawValue:)) }
    }

    /// The follow-ups that are due, longest overdue first.
    package func dueFollowUps(at now: Timestamp, limit: Int) throws -> [FollowUp] {
        try followUps(
            """
            state = 'waiting' AND nextAttemptAtMilliseconds <= ? ORDER BY nextAttemptAtMilliseconds, id LIMIT ?
            """, [now, limit]
        ).map(\.followUp)
    }

    /// The follow-ups in one of these states, newest first.
    ///
    /// - Parameters:
    ///   - states: the states; empty for all.
    ///   - limit: the maximum number of follow-ups; nil for all.
    package func followUps(in states: [FollowUpState] = [], limit: Int? = nil) throws -> [FollowUpRecord] {
        var conditions = SQLConditions()
        conditions.add("state", in: states)
        return try followUps("\(conditions.sql) ORDER BY id DESC LIMIT ?", conditions.arguments + [limit ?? -1])
    }

    private func followUps(_ condition: String, _ arguments: StatementArguments) throws -> [FollowUpRecord] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, task, subject, causeDeliveryId, attemptCount, state, nextAttemptAtMilliseconds,
                        fetchedDeliveryId, problem
                    FROM followUp WHERE \(condition)
                    """, arguments: arguments
            ).map { row in
                let order = FollowUpOrder(
                    source: try row.decode(atIndex: 1), task: try row.decode(atIndex: 2),
                    subject: try row.decode(atIndex: 3), cause: try row.decode(atIndex: 4))
                return FollowUpRecord(
                    followUp: FollowUp(
                        id: try row.decode(atIndex: 0), order: order, attemptCount: try row.decode(atIndex: 5)),
                    state: try row.decode(atIndex: 6), nextAttemptAt: try row.decode(atIndex: 7),
                    fetched: try row.decode(atIndex: 8), problem: try row.decode(atIndex: 9))
            }
        }
    }
}
