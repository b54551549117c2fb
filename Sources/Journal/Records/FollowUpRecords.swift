package import Deliveries

/// A call to a provider that fetches what a delivery or a link announced. A second order with the same source, task and
/// subject has no effect.
package struct FollowUpOrder: Sendable, Hashable, Codable {
    /// The source of the fetched delivery.
    package let source: String
    /// The type of call, as named by the provider's follow-up plan.
    package let task: String
    /// The identifier of what is fetched.
    package let subject: String
    /// The delivery that announced it.
    package let cause: DeliveryID?

    package init(source: String, task: String, subject: String, cause: DeliveryID? = nil) {
        self.source = source
        self.task = task
        self.subject = subject
        self.cause = cause
    }
}

/// The result of an attempt.
package enum FollowUpOutcome: Sendable, Equatable, Codable {
    /// The fetched delivery; nil if there was nothing to store.
    case done(DeliveryID?)
    case retry(at: Timestamp, problem: String)
    case failed(problem: String)
}

package struct FollowUpAttemptRecord: Sendable, Equatable, Codable {
    /// The position of the `FollowUpOrder`.
    package let followUp: Int64
    package let outcome: FollowUpOutcome

    package init(followUp: Int64, outcome: FollowUpOutcome) {
        self.followUp = followUp
        self.outcome = outcome
    }
}

/// Deliveries up to this position were searched for follow-ups. Recorded when following up starts and stops, and
/// sometimes in between; a rebuilt index continues from the last one.
package struct FollowUpCursorRecord: Sendable, Equatable, Codable {
    package let position: DeliveryID

    package init(position: DeliveryID) {
        self.position = position
    }
}
