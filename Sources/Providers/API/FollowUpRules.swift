package import Deliveries

/// The rules for the API calls that reports and links trigger.
package struct FollowUpRules: Sendable {
    /// The report types that trigger calls.
    package var triggers: [Trigger] = []
    /// Returns the call to make for a pending link; nil for none.
    package var linkSweep: (@Sendable (SweptLink) -> FollowUpTarget?)?
    /// The name of the task that searches the API once per interval; nil for none. The subject of such a call is the
    /// start of the interval, in RFC 3339.
    package var sweepTask: String?
    /// The interval between searches if the configuration sets none.
    package var sweepInterval: Duration = .seconds(300)
    package let tasks: [FollowUpTask]

    package var isSwept: Bool { linkSweep != nil || sweepTask != nil }

    /// A report type, and the calls that the first arrival of such a report triggers.
    package struct Trigger: Sendable {
        package let provider: String
        package let type: String
        package let targets: @Sendable (TriggeringReport) -> [FollowUpTarget]
    }
}

/// A report that may trigger calls.
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
    /// The base URL of the API that created the link, with the path that the link's form added.
    package let api: String
    package let keys: [ReportField]

    package init(api: String, keys: [ReportField]) {
        self.api = api
        self.keys = keys
    }
}

package struct FollowUpTarget: Sendable, Hashable {
    package let task: String
    /// The identifier of the object that the call fetches.
    package let subject: String
    /// If the provider has sent a report with this field, the call is not made.
    package var unlessReported: ReportField?

    package init(_ task: String, _ subject: String, unlessReported: ReportField? = nil) {
        self.task = task
        self.subject = subject
        self.unlessReported = unlessReported
    }
}

/// A kind of call. The archive stores its name.
package struct FollowUpTask: Sendable {
    package let name: String
    /// The maximum number of attempts.
    package var attemptLimit = 10
    /// The wait after the first failed attempt. The wait doubles after each further attempt.
    package var firstWait: Duration = .seconds(30)
    /// The call for a subject. Throws `badInput` for an invalid subject.
    package let call: @Sendable (String, APIAccount, FollowUpContext) throws -> ProviderCall<FollowUpResult>

    package static let longestWait: Duration = .seconds(3600)

    /// The wait after a failed attempt.
    ///
    /// - Parameter pollInterval: replaces `firstWait` if it is not nil.
    package func wait(after attemptCount: Int, pollInterval: Duration? = nil) -> Duration {
        min((pollInterval ?? firstWait) * (1 << min(max(attemptCount, 0), 20)), Self.longestWait)
    }
}

package struct FollowUpContext: Sendable {
    /// The request of the delivery that triggered the call; nil if the archive no longer has it.
    package let cause: InboundRequest?
    /// The minimum age of reports to fetch. A younger report may still arrive as a webhook.
    package let patience: Duration

    package init(cause: InboundRequest? = nil, patience: Duration = .zero) {
        self.cause = cause
        self.patience = patience
    }
}

/// The result of a follow-up call.
package enum FollowUpResult: Sendable {
    /// A request to archive as a delivery.
    case fetched(InboundRequest)
    /// Further calls to make.
    case found([FollowUpTarget])
    /// The data is not available yet, which is not a failure. The value describes the state.
    case notYet(String)

    /// Converts a response to a delivery with the path of the request.
    static func fetched(_ response: ProviderResponse, path: String, method: String = "GET") -> FollowUpResult {
        .fetched(
            InboundRequest(
                method: method, target: RequestTarget(path), headers: response.headers, body: response.body,
                peer: ArchivedDelivery.fetchedPeer, receivedAt: response.receivedAt))
    }
}
