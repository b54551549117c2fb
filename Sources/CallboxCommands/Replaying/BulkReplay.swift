internal import Deliveries
internal import DeliveryReplay
internal import Journal
internal import ReportIndex

/// Sends many deliveries again, oldest first, and has the outcome of each recorded.
struct BulkReplay {
    /// What came of one.
    struct Sent: Sendable {
        let plan: ReplayPlan
        let startedAt: Timestamp
        let result: ReplayResult

        var failure: String? {
            switch result.outcome {
            case .failed(let reason): reason
            case .answered(let response): response.status >= 400 ? "answered \(response.status)" : nil
            }
        }
    }

    let send: @Sendable (ReplayPlan) async -> ReplayResult
    /// What is to be sent for a number; nil where there is nothing to send any more.
    let plan: (DeliveryID) throws(CommandFailure) -> ReplayPlan?
    /// Told of each, one after another.
    let record: (Sent) async throws -> Void
    let interval: Duration
    let concurrency: Int
    let failureLimit: Int

    /// What came of all.
    struct Summary: Equatable {
        var sentCount = 0
        var failureCount = 0
        /// Bodies that are gone.
        var skippedCount = 0
        /// Not sent, because there were too many failures.
        var leftCount = 0
        var byteCount: Int64 = 0
    }

    func run(_ ids: [DeliveryID], progress: (Summary) -> Void) async throws -> Summary {
        try await withThrowingTaskGroup(of: Sent.self) { group in
            var summary = Summary()
            var rest = ids[...]
            var inFlight = 0
            var nextStart = ContinuousClock.now
            while true {
                while inFlight < concurrency, summary.failureCount < failureLimit, let id = rest.popFirst() {
                    guard let plan = try plan(id) else {
                        summary.skippedCount += 1
                        continue
                    }
                    try await Task.sleep(until: nextStart)
                    nextStart = max(nextStart, .now - interval) + interval
                    group.addTask { [send] in
                        Sent(plan: plan, startedAt: SystemClock.now(), result: await send(plan))
                    }
                    inFlight += 1
                }
                guard let sent = try await group.next() else { break }
                inFlight -= 1
                try await record(sent)
                summary.sentCount += 1
                summary.byteCount += Int64(sent.plan.body.count)
                if sent.failure != nil { summary.failureCount += 1 }
                progress(summary)
            }
            summary.leftCount = rest.count
            return summary
        }
    }
}
