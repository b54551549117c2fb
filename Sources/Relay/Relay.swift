package import Deliveries
package import Journal
internal import NIOPosix
package import Replay
package import Tail

/// **The rule of this module: it forwards the deliveries that an archive receives, in order, and stores its position.**
///
/// ```
/// journal, after the commit ─▶ next delivery ─ prepare ▸ sign ─▶ send ─▶ accepted ───────────▶ position ─▶ next
///                                                  ▲               ├──▶ rejected ─ record ────▶ position ─▶ next
///                                                  └─── wait ◀─────┴──▶ target down or busy
/// ```
/// One delivery is sent at a time. A delivery whose response was lost because of a time-out or the end of this process
/// is sent again, so each delivery arrives at least once.
package struct Relay: Sendable {
    /// The statuses after which a target may accept the same delivery later.
    private static let busyStatuses: Set<Int> = [408, 425, 429, 502, 503, 504]
    /// The time between two writes of the position. If the process is killed, deliveries that were accepted since the
    /// last write are sent again.
    private static let positionInterval: Duration = .milliseconds(250)

    private let settings: RelaySettings
    private let feed: RelayFeed
    private let preparation: ReplayPreparation
    private let sender: ReplaySender
    private let backoff: RelayBackoff
    private let record: @Sendable (JournalRecord) async throws -> Void
    private let describe: @Sendable (any Error) -> String
    private let now: @Sendable () -> Timestamp
    private let report: @Sendable (RelayEvent) -> Void

    /// - Parameters:
    ///   - record: records that the target rejected a delivery, so `replay --failed` finds the delivery.
    ///   - describe: describes a failure of `record`.
    ///   - report: called for each event, in order.
    package init(
        _ settings: RelaySettings, of archive: FollowedArchive, preparation: ReplayPreparation, sender: ReplaySender,
        backoff: RelayBackoff = RelayBackoff(), environment: [String: String], now: @escaping @Sendable () -> Timestamp,
        record: @escaping @Sendable (JournalRecord) async throws -> Void,
        describe: @escaping @Sendable (any Error) -> String,
        report: @escaping @Sendable (RelayEvent) -> Void
    ) {
        self.settings = settings
        self.feed = RelayFeed(settings, archive, environment: environment, now: now)
        self.preparation = preparation
        self.sender = sender
        self.backoff = backoff
        self.now = now
        self.record = record
        self.describe = describe
        self.report = report
    }

    /// Determines the start position. Deliveries that are committed after this call are forwarded.
    package func prepare() async {
        try? await NIOThreadPool.singleton.runIfActive { [feed] in feed.prepare() }
    }

    /// Runs until the limit or the idle time of the settings is reached, or until the task is cancelled.
    ///
    /// - Parameter growth: announces commits; nil to read at the interval of the settings.
    /// - Throws: `ArchiveError` if the archive cannot be read and waiting does not help.
    package func run(growth: AsyncStream<Void>? = nil) async throws {
        let (moves, move) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Writes the position on this thread, because a cancelled task does not wait for a thread pool.
        defer { if let note = feed.writePosition() { report(.note(note)) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await keepPosition(moves) }
            try await forwardAll(growth, move)
        }
    }

    /// Writes the position while deliveries are sent, at most once per `positionInterval`.
    private func keepPosition(_ moves: AsyncStream<Void>) async {
        for await _ in moves {
            let note = try? await NIOThreadPool.singleton.runIfActive { [feed] in feed.writePosition() }
            if let note = note ?? nil { report(.note(note)) }
            guard (try? await Task.sleep(for: Self.positionInterval)) != nil else { return }
        }
    }

    private func forwardAll(_ growth: AsyncStream<Void>?, _ move: AsyncStream<Void>.Continuation) async throws {
        var announcements = growth?.makeAsyncIterator()
        var count = 0
        var lastDelivery = ContinuousClock.now
        var unreadableSince: ContinuousClock.Instant?
        while !Task.isCancelled {
            let page = try await NIOThreadPool.singleton.runIfActive { [feed] in feed.next() }
            for note in page.notes { report(.note(note)) }
            if page.items.isEmpty { move.yield() }
            for item in page.items {
                guard await finish(item) else { return }
                move.yield()
                count += 1
                lastDelivery = .now
                if let limit = settings.limit, count >= limit { return }
            }
            if let failure = page.failure {
                let since = unreadableSince ?? .now
                unreadableSince = since
                if failure.isPersistent, ContinuousClock.now - since >= TailSession.patience { throw failure }
            } else {
                unreadableSince = nil
            }
            if page.hasMore || !page.items.isEmpty { continue }
            if let idle = settings.idle, ContinuousClock.now - lastDelivery >= idle { return }
            if announcements != nil, page.failure == nil, !page.isBehind {
                guard await announcements?.next(isolation: #isolation) != nil else { return }
            } else {
                guard (try? await Task.sleep(for: settings.interval, tolerance: .zero)) != nil else { return }
            }
        }
    }

    /// Forwards or skips an item and moves the position past it. Returns false if the task was cancelled before that.
    private func finish(_ item: RelayFeed.Item) async -> Bool {
        switch item {
        case .delivery(let delivery):
            guard await forward(delivery) else { return false }
        case .pruned(let delivery): report(.skipped(delivery, cause: "its body is pruned"))
        case .damaged(let delivery, let text): report(.skipped(delivery, cause: text))
        }
        feed.finish(item.id)
        return true
    }

    /// Sends a delivery until the target accepts or rejects it. Returns false if the task was cancelled before that.
    private func forward(_ delivery: ArchivedDelivery) async -> Bool {
        var attempt = 0
        while !Task.isCancelled {
            attempt += 1
            let described = RelayedDelivery(
                id: delivery.id, source: delivery.source, receivedAt: delivery.request.receivedAt,
                byteCount: delivery.request.body.count, attempt: attempt)
            let plan: ReplayPlan
            do throws(ReplayError) {
                // Creates a new plan for each attempt, because a signature contains the time of sending.
                plan = try preparation.plan(delivery)
            } catch {
                report(.skipped(described, cause: "it cannot be signed, or its URL or headers are invalid"))
                return true
            }
            let startedAt = now()
            let result = await sender.send(plan)
            guard !Task.isCancelled else { return false }
            let cause: String
            switch result.outcome {
            case .responded(let response):
                let isAccepted = settings.expected.contains(response.status)
                if isAccepted || !Self.busyStatuses.contains(response.status) {
                    report(
                        .forwarded(
                            described, status: response.status, isAccepted: isAccepted,
                            milliseconds: result.durationMilliseconds))
                    if !isAccepted { await keep(plan, startedAt, response, result.durationMilliseconds) }
                    return true
                }
                cause = "response \(response.status)"
            case .failed(let reason): cause = reason
            }
            let wait = backoff.wait(after: attempt)
            report(.retrying(described, cause: cause, wait: wait))
            guard (try? await Task.sleep(for: wait)) != nil else { return false }
        }
        return false
    }

    private func keep(
        _ plan: ReplayPlan, _ startedAt: Timestamp, _ response: ReplayResponse, _ milliseconds: Int64
    ) async {
        let rejected = ReplayRecord(
            deliveryID: plan.deliveryID, startedAt: startedAt, method: plan.method, url: plan.urlWithoutQuery,
            durationMilliseconds: milliseconds,
            outcome: .responded(
                status: response.status, responseByteCount: response.bodyByteCount,
                responseSHA256: response.bodySHA256))
        do {
            try await record(.replay(rejected))
        } catch {
            report(.note(.notRecorded(reason: describe(error))))
        }
    }
}

extension ArchiveError {
    /// False if waiting can help: a server may be about to create the archive, or may hold the lock of the archive.
    fileprivate var isPersistent: Bool {
        switch self {
        case .missing, .heldByAnother: false
        default: true
        }
    }
}
