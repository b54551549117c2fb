package import CallboxConfiguration
package import CallboxServer
package import Deliveries
internal import Journal
package import Logging
package import NIOPosix
internal import Providers
internal import ReportIndex
internal import ServiceLifecycle

/// The service that fetches the data that deliveries announce. It reads the journal with its own cursor and makes one
/// call at a time to each API, with a wait between tries. A fetched delivery is committed before its follow-up is
/// recorded as done, so a crash between the two commits repeats the call.
///
/// ```
/// journal ─cursor─▶ plan ─▶ followUp rows ─due─▶ call ─▶ encode ▸ commit ─▶ journal, `fetched`
/// ```
package struct FollowUpRuntime: Service {
    /// The time between two rounds.
    static let interval: Duration = .seconds(1)
    private static let pageCount = 200
    /// The time between two records of the cursor in a shared journal. A new leader plans again from the last recorded
    /// cursor.
    private static let recordInterval: Duration = .seconds(600)

    let archive: OpenArchive
    let configuration: CallboxConfiguration
    let pool: NIOThreadPool
    let logger: Logger
    let now: @Sendable () -> Timestamp
    let describe: @Sendable (any Error) -> String

    /// - Parameters:
    ///   - pool: runs work that waits for the writer.
    ///   - describe: returns a sentence about a failure of any module, for the log and the record of the try.
    package init(
        archive: OpenArchive, configuration: CallboxConfiguration, pool: NIOThreadPool, logger: Logger,
        now: @escaping @Sendable () -> Timestamp, describe: @escaping @Sendable (any Error) -> String
    ) {
        self.archive = archive
        self.configuration = configuration
        self.pool = pool
        self.logger = logger
        self.now = now
        self.describe = describe
    }

    /// Records the position after which deliveries are followed up, unless a position is already recorded. Called
    /// before the listener opens, so earlier deliveries are not followed up.
    ///
    /// - Returns: false if no API is followed up.
    @discardableResult
    package func prepare() async -> Bool {
        guard !FollowUpPlan(configuration).isEmpty else { return false }
        // In a shared journal, a new leader records the position.
        guard !archive.isShared else { return true }
        do {
            try await off { _ = try cursor(try archive.reader()) }
        } catch {
            logger.warning("cannot start follow-ups", metadata: ["reason": "\(describe(error))"])
        }
        return true
    }

    private func cursor(_ reader: ArchiveReader, start: DeliveryID? = nil) throws -> DeliveryID {
        archive.waitForIndexer(limit: .seconds(60))
        if let cursor = try reader.followUpCursor() { return cursor }
        let end = try start ?? reader.indexedPosition()
        _ = try archive.append([.record(.followUpCursor(FollowUpCursorRecord(position: end)))])
        return end
    }

    /// Records the cursor. After an index rebuild or a change of leader, follow-ups continue from the recorded cursor.
    func finish() async {
        try? await off {
            guard archive.leads, let position = try archive.reader().followUpCursor() else { return }
            _ = try archive.append([.record(.followUpCursor(FollowUpCursorRecord(position: position)))])
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await follow() }
        try? await gracefulShutdown()
        await finish()
    }

    private func follow() async {
        let plan = FollowUpPlan(configuration)
        logger.info("follow-ups started", metadata: ["apis": "\(plan.apis.map(\.api.name))"])
        let reader: ArchiveReader
        let start: DeliveryID
        do {
            reader = try archive.reader()
            start = try reader.indexedPosition()
        } catch {
            return logger.warning("cannot start follow-ups", metadata: ["reason": "\(describe(error))"])
        }
        let calls = FollowUpCalls(access: ProviderAccess(configuration), reader: reader, plan: plan)
        var nextSweeps: [String: ContinuousClock.Instant] = [:]
        var nextRecord = ContinuousClock.now + Self.recordInterval
        while !Task.isCancelled {
            do {
                guard archive.leads else {
                    try? await Task.sleep(for: Self.interval)
                    continue
                }
                if archive.isShared {
                    if try reader.followUpCursor() == nil {
                        try await off { _ = try cursor(reader, start: start) }
                    }
                    if ContinuousClock.now >= nextRecord {
                        nextRecord = .now + Self.recordInterval
                        await finish()
                    }
                }
                try await orderCalls(plan, reader)
                for followed in plan.apis where followed.rules.isSwept {
                    let now = ContinuousClock.now
                    guard now >= nextSweeps[followed.api.name] ?? now else { continue }
                    nextSweeps[followed.api.name] = now + followed.sweepInterval
                    try await sweep(followed, reader)
                }
                try await work(calls, plan)
            } catch {
                logger.warning("follow-ups failed and will be retried", metadata: ["reason": "\(describe(error))"])
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Orders calls for the deliveries that were indexed since the last round.
    func orderCalls(_ plan: FollowUpPlan, _ reader: ArchiveReader) async throws {
        try await off {
            guard let cursor = try reader.followUpCursor() else { return }
            let end = try reader.indexedPosition()
            guard end > cursor else { return }
            let range = DeliveryID(rawValue: cursor.rawValue + 1)...end
            for id in try reader.deliveries(in: range, withReportsOf: plan.triggers) {
                try order(plan.orders(after: id, try reader.reports(of: id)))
            }
            try archive.indexer.moveFollowUpCursor(to: end.rawValue)
        }
    }

    func order(_ orders: [FollowUpOrder]) throws {
        guard !orders.isEmpty else { return }
        _ = try archive.append(orders.map { .record(.followUp($0)) })
    }

    private func sweep(_ followed: FollowUpPlan.FollowedAPI, _ reader: ArchiveReader) async throws {
        try await off {
            var orders = FollowUpPlan.sweep(of: followed, at: now())
            if followed.rules.linkSweep != nil {
                var filter = LinkFilter()
                filter.providers = [followed.api.name]
                filter.states = [.created]
                filter.until = now().advanced(byMilliseconds: -followed.patience.milliseconds)
                orders += FollowUpPlan.orders(
                    for: try reader.links(matching: filter).map { try reader.progress(of: $0) }, of: followed)
            }
            try order(orders)
        }
    }

    /// Runs one task per API, so a slow API does not delay other APIs.
    private func work(_ calls: FollowUpCalls, _ plan: FollowUpPlan) async throws {
        let due = try await off { [now] in try calls.reader.dueFollowUps(at: now(), limit: Self.pageCount) }
        let groups = Dictionary(grouping: due) { plan.task(named: $0.order.task)?.api.name }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for group in groups.values {
                tasks.addTask { try await work(through: group, calls, plan) }
            }
            try await tasks.waitForAll()
        }
    }

    private func work(through due: [FollowUp], _ calls: FollowUpCalls, _ plan: FollowUpPlan) async throws {
        for followUp in due where !Task.isCancelled && archive.leads {
            let outcome = await attempt(followUp, calls, plan)
            // A cancelled try is not recorded, because its outcome is unknown.
            guard !Task.isCancelled else { return }
            try await off {
                let attempt = FollowUpAttemptRecord(followUp: followUp.id, outcome: outcome)
                _ = try archive.append([.record(.followUpAttempt(attempt))])
            }
            note(followUp, outcome)
        }
    }

    private func note(_ followUp: FollowUp, _ outcome: FollowUpOutcome) {
        let metadata: Logger.Metadata = ["follow-up": "\(followUp.id)", "task": "\(followUp.order.task)"]
        switch outcome {
        case .done(let id):
            logger.info(
                "follow-up done", metadata: metadata.merging(["delivery": "\(id.map { "\($0)" } ?? "none")"]) { $1 })
        case .retry: logger.debug("follow-up will be retried", metadata: metadata)
        case .failed(let problem):
            logger.warning("follow-up abandoned", metadata: metadata.merging(["reason": "\(problem)"]) { $1 })
        }
    }

    /// Runs blocking work outside the cooperative pool.
    func off<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.blocking(work)
    }
}
