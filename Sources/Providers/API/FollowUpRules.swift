package import Deliveries

/// The calls that a server makes after reports and links.
package struct FollowUpRules: Sendable {
    /// Reports that lead to calls.
    package var triggers: [Trigger] = []
    /// Returns a call about a pending link.
    package var linkSweep: (@Sendable (SweptLink) -> FollowUpTarget?)?
    /// The task that searches the API once per interval. Its subject is the interval's start, in milliseconds since
    /// 1970.
    package var sweepTask: String?
    /// The interval of sweeps if the configuration sets none.
    package var sweepInterval: Duration = .seconds(300)
    package let tasks: [FollowUpTask]

    package var isSwept: Bool { linkSweep != nil || sweepTask != nil }

    /// A type of report and the calls that its first arrival leads to.
    package struct Trigger: Sendable {
        package let provider: String
        package let type: String
        package let targets: @Sendable (TriggeringReport) -> [FollowUpTarget]
    }
}

/// A report that may lead to calls.
package struct TriggeringReport: Sendable {
    package let verification: Verification
    package let delivery: DeliveryID
    private let fields: [ReportField]

    package init(verification: Verification, delivery: DeliveryID, fields: [ReportField]) {
        self.verification = verification
        self.delivery = delivery
        self.fields = fields
    }

    func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// A pending link.
package struct SweptLink: Sendable {
    /// The base URL of the order and the path that its form added.
    package let api: String
    package let keys: [ReportField]

    package init(api: String, keys: [ReportField]) {
        self.api = api
        self.keys = keys
    }
}

package struct FollowUpTarget: Sendable, Hashable {
    package let task: String
    /// The identifier that the call refers to.
    package let subject: String
    /// No call is made if a report of the provider has this field.
    package var unlessReported: ReportField?

    package init(_ task: String, _ subject: String, unlessReported: ReportField? = nil) {
        self.task = task
        self.subject = subject
        self.unlessReported = unlessReported
    }
}

/// A type of call. Its name is stored in the archive.
package struct FollowUpTask: Sendable {
    package let name: String
    /// The number of attempts after which the task fails.
    package var attemptLimit = 10
    /// The wait after the first failed attempt; doubled after each further one.
    package var firstWait: Duration = .seconds(30)
    /// Throws `badInput` for an invalid subject.
    package let call: @Sendable (String, APIAccount, FollowUpContext) throws -> ProviderCall<FollowUpResult>

    package static let longestWait: Duration = .seconds(3600)

    /// The wait after a failed attempt.
    ///
    /// - Parameter pollInterval: replaces the first wait.
    package func wait(after attemptCount: Int, pollInterval: Duration? = nil) -> Duration {
        min((pollInterval ?? firstWait) * (1 << min(max(attemptCount, 0), 20)), Self.longestWait)
    }
}

package struct FollowUpContext: Sendable {
    /// The request of the delivery that led to the call; nil if the archive no longer has it.
    package let cause: InboundRequest?
    /// Younger reports may still be delivered, so they are not fetched.
    package let patience: Duration

    package init(cause: InboundRequest? = nil, patience: Duration = .zero) {
        self.cause = cause
        self.patience = patience
    }
}

/// The result of a call.
package enum FollowUpResult: Sendable {
    /// A request to archive.
    case fetched(InboundRequest)
    /// Further calls to make.
    case found([FollowUpTarget])
    /// Not available yet, which is not a failure; the text describes the state.
    case notYet(String)

    /// A response as a delivery with the path of the request.
    static func fetched(_ response: ProviderResponse, path: String, method: String = "GET") -> FollowUpResult {
        .fetched(
            InboundRequest(
                method: method, target: RequestTarget(path), headers: response.headers, body: response.body,
                peer: ArchivedDelivery.fetchedPeer, receivedAt: response.receivedAt))
    }
}
