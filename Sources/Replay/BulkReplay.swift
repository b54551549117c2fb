package import Deliveries
package import Journal

/// Sends many deliveries again, oldest first, and records the outcome of each.
package struct BulkReplay {
    package struct Sent: Sendable {
        package let plan: ReplayPlan
        package let startedAt: Timestamp
        package let result: ReplayResult

        /// The cause; nil if the receiver accepted it.
        package func failure(_ expected: ExpectedStatuses) -> String? {
            switch result.outcome {
            case .failed(let reason): reason
            case .responded(let response): expected.contains(response.status) ? nil : "response \(response.status)"
            }
        }
    }

    let send: @Sendable (ReplayPlan) async -> ReplayResult
    /// Nil if retention removed the body.
    let plan: (DeliveryID) throws -> ReplayPlan?
    /// Called for one after another.
    let record: (Sent) async throws -> Void
    /// Called for a delivery that cannot be changed or signed as demanded. It is not sent.
    let reject: (DeliveryID, ReplayError) -> Void
    let expected: ExpectedStatuses
    let interval: Duration
    let concurrency: Int
    let failureLimit: Int
    let now: @Sendable () -> Timestamp

    package init(
        send: @escaping @Sendable (ReplayPlan) async -> ReplayResult,
        plan: @escaping (DeliveryID) throws -> ReplayPlan?, record: @escaping (Sent) async throws -> Void,
        reject: @escaping (DeliveryID, ReplayError) -> Void = { _, _ in }, expected: ExpectedStatuses = .success,
        interval: Duration, concurrency: Int, failureLimit: Int, now: @escaping @Sendable () -> Timestamp
    ) {
        self.send = send
        self.plan = plan
        self.record = record
        self.reject = reject
        self.expected = expected
        self.interval = interval
        self.concurrency = concurrency
        self.failureLimit = failureLimit
        self.now = now
    }

    package struct Summary: Equatable, Sendable {
        package var sentCount = 0
        package var failureCount = 0
        /// Failures by cause. Causes are statuses and texts of this module, so there are few.
        package var failures: [String: Int] = [:]
        /// Deliveries whose bodies were pruned.
        package var skippedCount = 0
        /// Not sent, because the limit of failures was reached.
        package var leftCount = 0
        package var byteCount: Int64 = 0
        /// The times of the exchanges, in the order in which they ended.
        var durations: [Int64] = []

        /// The time in milliseconds within which this share of the exchanges ended (nearest rank); nil if there are none.
        package func duration(percentile: Int) -> Int64? {
            guard !durations.isEmpty else { return nil }
            let rank = (durations.count * min(max(percentile, 1), 100) + 99) / 100
            return durations.sorted()[rank - 1]
        }

        fileprivate mutating func fail(_ cause: String) {
            failureCount += 1
            failures[cause, default: 0] += 1
        }
    }

    package func run(_ ids: [DeliveryID], progress: (Summary) -> Void) async throws -> Summary {
        try await withThrowingTaskGroup(of: Sent.self) { group in
            var summary = Summary()
            var rest = ids[...]
            var inFlight = 0
            var nextStart = ContinuousClock.now
            while true {
                while inFlight < concurrency, summary.failureCount < failureLimit, let id = rest.popFirst() {
                    // Before the plan, so a signed time is that of sending.
                    try await Task.sleep(until: nextStart)
                    let planned: ReplayPlan?
                    do {
                        planned = try plan(id)
                    } catch let error as ReplayError {
                        reject(id, error)
                        summary.fail("not sent: it cannot be changed or signed")
                        continue
                    }
                    guard let plan = planned else {
                        summary.skippedCount += 1
                        continue
                    }
                    nextStart = max(nextStart, .now - interval) + interval
                    group.addTask { [send, now] in
                        Sent(plan: plan, startedAt: now(), result: await send(plan))
                    }
                    inFlight += 1
                }
                guard let sent = try await group.next() else { break }
                inFlight -= 1
                try await record(sent)
                summary.sentCount += 1
                summary.byteCount += Int64(sent.plan.body.count)
                summary.durations.append(sent.result.durationMilliseconds)
                if let cause = sent.failure(expected) { summary.fail(cause) }
                progress(summary)
            }
            summary.leftCount = rest.count
            return summary
        }
    }
}

/// The most deliveries that are sent in a time.
package struct SendingRate: Equatable {
    package let interval: Duration

    /// `5/s`, `100/m`, `10/h`; up to 1000 a second.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
        guard parts.count == 2, let unit = units[parts[1]], parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(parts[0]), (1...1_000_000).contains(count)
        else { return nil }
        interval = unit / count
        guard interval >= .milliseconds(1) else { return nil }
    }
}

extension ReplayRecord {
    package init(_ plan: ReplayPlan, _ startedAt: Timestamp, _ result: ReplayResult) {
        let outcome: Outcome
        switch result.outcome {
        case .failed(let reason): outcome = .failed(reason)
        case .responded(let response):
            outcome = .responded(
                status: response.status, responseByteCount: response.bodyByteCount, responseSHA256: response.bodySHA256)
        }
        self.init(
            deliveryID: plan.deliveryID, startedAt: startedAt, method: plan.method, url: plan.urlWithoutQuery,
            durationMilliseconds: result.durationMilliseconds, outcome: outcome, isChanged: plan.isChanged)
    }
}
