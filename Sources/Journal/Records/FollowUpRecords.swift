package import Deliveries

/// A call to a provider that fetches what a delivery or a link announced. A second order for the same source, task and subject
/// changes nothing.
package struct FollowUpOrder: Sendable, Hashable, Codable {
    /// The source that the fetched delivery belongs to.
    package let source: String
    /// The type of call, a word of the provider's follow-up.
    package let task: String
    /// What the call is about: an identifier.
    package let subject: String
    /// The delivery that led to it.
    package let cause: DeliveryID?

    package init(source: String, task: String, subject: String, cause: DeliveryID? = nil) {
        self.source = source
        self.task = task
        self.subject = subject
        self.cause = cause
    }
}

/// How an attempt at a follow-up ended.
package enum FollowUpOutcome: Sendable, Equatable, Codable {
    /// The delivery that was fetched; nil when there was nothing to keep.
    case done(DeliveryID?)
    case retry(at: Timestamp, problem: String)
    case failed(problem: String)
}

/// An attempt at a follow-up.
package struct FollowUpAttemptRecord: Sendable, Equatable, Codable {
    /// The position of the order.
    package let followUp: Int64
    package let outcome: FollowUpOutcome

    package init(followUp: Int64, outcome: FollowUpOutcome) {
        self.followUp = followUp
        self.outcome = outcome
    }
}

/// Deliveries up to here were searched for follow-ups. Recorded when follow-up begins, when it stops, and now and then between; an
/// index that is rebuilt goes on from the last one.
package struct FollowUpCursorRecord: Sendable, Equatable, Codable {
    package let position: DeliveryID

    package init(position: DeliveryID) {
        self.position = position
    }
}
