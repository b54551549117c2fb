package import Deliveries

/// An order to call a provider and fetch what a delivery or a link announced. A second order with the same source, task
/// and subject has no effect.
package struct FollowUpOrder: Sendable, Hashable, Codable {
    /// The source of the fetched delivery.
    package let source: String
    /// The name of the provider's follow-up task, which determines the call.
    package let task: String
    /// The identifier of the object to fetch.
    package let subject: String
    /// The delivery that announced the object; nil if a link announced it.
    package let cause: DeliveryID?

    package init(source: String, task: String, subject: String, cause: DeliveryID? = nil) {
        self.source = source
        self.task = task
        self.subject = subject
        self.cause = cause
    }
}

/// The result of an attempt to follow up.
package enum FollowUpOutcome: Sendable, Equatable, Codable {
    /// The call succeeded. The value is the fetched delivery; nil if there was nothing to store.
    case done(DeliveryID?)
    case retry(at: Timestamp, problem: String)
    case failed(problem: String)
}

package struct FollowUpAttemptRecord: Sendable, Equatable, Codable {
    /// The position of the `FollowUpOrder` record.
    package let followUp: Int64
    package let outcome: FollowUpOutcome

    package init(followUp: Int64, outcome: FollowUpOutcome) {
        self.followUp = followUp
        self.outcome = outcome
    }
}

/// The position up to which deliveries were searched for follow-ups. It is recorded when follow-ups start and stop and,
/// in a shared journal, at intervals. After the index is rebuilt, the search continues at the last recorded position.
package struct FollowUpCursorRecord: Sendable, Equatable, Codable {
    package let position: DeliveryID

    package init(position: DeliveryID) {
        self.position = position
    }
}
