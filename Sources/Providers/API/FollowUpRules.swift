package import Deliveries

/// What a server fetches from an API by itself: which reports and links lead to which calls, and what they bring.
package struct FollowUpRules: Sendable {
    /// Reports that lead to calls.
    package var triggers: [Trigger] = []
    /// A call about a link that nothing came for.
    package var linkSweep: (@Sendable (SweptLink) -> FollowUpTarget?)?
    /// A task that looks through the API once an interval, whatever came. Its subject is the interval's start, in
    /// milliseconds since 1970.
    package var sweepTask: String?
    /// The interval of sweeps if the configuration names none.
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

/// A link that nothing came for.
package struct SweptLink: Sendable {
    /// The base URL that it was ordered at, with what its form added.
    package let api: String
    package let keys: [ReportField]

    package init(api: String, keys: [ReportField]) {
        self.api = api
        self.keys = keys
    }
}

/// A call that is to be made.
package struct FollowUpTarget: Sendable, Hashable {
    package let task: String
    /// What the call is about: an identifier.
    package let subject: String
    /// The call is needless if a report of the provider has this field.
    package var unlessReported: ReportField?

    package init(_ task: String, _ subject: String, unlessReported: ReportField? = nil) {
        self.task = task
        self.subject = subject
        self.unlessReported = unlessReported
    }
}

/// A type of call. Its name is stored.
package struct FollowUpTask: Sendable {
    package let name: String
    /// Tries after which it is given up.
    package var attemptLimit = 10
    /// The wait after the first failed try; it doubles from try to try.
    package var firstWait: Duration = .seconds(30)
    /// Throws `badInput` for a subject that names nothing.
    package let call: @Sendable (String, APIAccount, FollowUpContext) throws -> ProviderCall<FollowUpResult>

    /// The longest wait between two tries.
    package static let longestWait: Duration = .seconds(3600)

    /// The wait after a failed try.
    ///
    /// - Parameter pollInterval: the first wait, if the configuration names one.
    package func wait(after attemptCount: Int, pollInterval: Duration? = nil) -> Duration {
        min((pollInterval ?? firstWait) * (1 << min(max(attemptCount, 0), 20)), Self.longestWait)
    }
}

/// What a call may need beside its subject.
package struct FollowUpContext: Sendable {
    /// The request of the delivery that led to it, if there is one and it is still in the archive.
    package let cause: InboundRequest?
    /// What happened less long ago may still be delivered.
    package let patience: Duration

    package init(cause: InboundRequest? = nil, patience: Duration = .zero) {
        self.cause = cause
        self.patience = patience
    }
}

/// What a call brought.
package enum FollowUpResult: Sendable {
    /// To be archived.
    case fetched(InboundRequest)
    /// Nothing to keep, and these to be fetched.
    case found([FollowUpTarget])
    /// Not there yet, which is no failure; says what is.
    case notYet(String)

    /// A response as a delivery: the path that was asked, the response's headers and body.
    static func fetched(_ response: ProviderResponse, path: String, method: String = "GET") -> FollowUpResult {
        .fetched(
            InboundRequest(
                method: method, target: RequestTarget(path), headers: response.headers, body: response.body,
                peer: ArchivedDelivery.fetchedPeer, receivedAt: response.receivedAt))
    }
}
