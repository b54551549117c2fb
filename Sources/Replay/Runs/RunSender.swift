package import Deliveries
package import Journal

/// Sends the items of a run and keeps what happens in the run's file.
///
///     read ahead ▸ wait for the time ▸ "started" in the file ▸ send ▸ "ended" in the file ▸ records, many in one append
///
/// An item's place is free when its end is in the file. A process that is killed therefore leaves at most `concurrency`
/// items of which it is not known if they were sent; they are sent again when the run is continued.
package struct RunSender {
    package struct Steps {
        /// Nil if retention removed the body or the delivery.
        let read: (DeliveryID) throws -> ArchivedDelivery?
        let send: @Sendable (ReplayPlan) async -> ReplayResult
        /// Called for an item that cannot be changed, signed or addressed as demanded. It is not sent.
        let reject: (DeliveryID, ReplayError) -> Void
        /// Called with each response and the length of the body that was sent.
        let answered: (RunAnswer, Int) -> Void
        let isInterrupted: @Sendable () -> Bool
        let now: @Sendable () -> Timestamp

        package init(
            read: @escaping (DeliveryID) throws -> ArchivedDelivery?,
            send: @escaping @Sendable (ReplayPlan) async -> ReplayResult,
            reject: @escaping (DeliveryID, ReplayError) -> Void = { _, _ in },
            answered: @escaping (RunAnswer, Int) -> Void = { _, _ in },
            isInterrupted: @escaping @Sendable () -> Bool = { false }, now: @escaping @Sendable () -> Timestamp
        ) {
            self.read = read
            self.send = send
            self.reject = reject
            self.answered = answered
            self.isInterrupted = isInterrupted
            self.now = now
        }
    }

    private struct Sent: Sendable {
        let item: Int
        let plan: ReplayPlan
        let startedAt: Timestamp
        let result: ReplayResult
    }

    private enum Event: Sendable {
        case sent(Sent)
        /// Time to see if an item is due.
        case tick
        case recorded
    }

    /// Records of one append, and the most that wait for one.
    private static let batchCount = 500
    private static let waitingCount = 5000
    /// How long a result waits for others before it is recorded, and how often an interruption is noticed.
    private static let tick: Duration = .milliseconds(200)

    private let plan: RunPlan
    private let preparation: ReplayPreparation
    private let steps: Steps
    private let record: @Sendable ([JournalRecord]) async throws -> Void
    private let folder: RunFolder
    private let progress: RunProgress
    /// Lines about a change, with its values, kept with the responses.
    package var difference: [String] = []

    /// - Parameter progress: what earlier processes did.
    package init(
        _ plan: RunPlan, _ preparation: ReplayPreparation, in folder: RunFolder, after progress: RunProgress,
        _ steps: Steps, record: @escaping @Sendable ([JournalRecord]) async throws -> Void
    ) {
        self.plan = plan
        self.preparation = preparation
        self.folder = folder
        self.progress = progress
        self.steps = steps
        self.record = record
    }

    /// - Returns: what this process sent.
    package func run(_ tell: (RunSummary) -> Void = { _ in }) async throws -> RunSummary {
        let settings = plan.settings
        let schedule = RunSchedule(plan)
        let expected = settings.expectedStatuses
        let file = try RunFileWriter(folder)
        var queue = ItemQueue(schedule, count: plan.itemCount, without: progress.ended)
        var summary = RunSummary()
        var waiting: [JournalRecord] = []
        var isRecording = false
        var isTicking = false
        var inFlight = 0
        var held: (item: Int, delivery: ArchivedDelivery?)?
        var nextStart = ContinuousClock.now
        var origin: ContinuousClock.Instant?
        var lastRecord = ContinuousClock.now

        try await withThrowingTaskGroup(of: Event.self) { group in
            func isStopped() -> Bool { summary.failureCount >= settings.failureLimit || summary.isInterrupted }

            while true {
                if steps.isInterrupted() { summary.isInterrupted = true }
                while inFlight < settings.concurrency, waiting.count < Self.waitingCount, !isStopped() {
                    guard let next = try held ?? take(&queue, schedule) else { break }
                    held = nil
                    let now = ContinuousClock.now
                    var due = nextStart
                    if let offset = schedule.offset(next.item) {
                        origin = origin ?? now - offset
                        due = max(due, (origin ?? now) + offset)
                    }
                    guard due <= now else {
                        held = next
                        if !isTicking {
                            isTicking = true
                            let end = min(due, now + Self.tick)
                            group.addTask {
                                try? await Task.sleep(until: end, tolerance: .zero)
                                return .tick
                            }
                        }
                        break
                    }
                    if origin != nil { summary.lateness.append((now - due).microseconds) }
                    nextStart = max(nextStart, now - settings.interval) + settings.interval
                    guard let request = request(next, &summary) else {
                        queue.finish(next.item)
                        continue
                    }
                    try file.begin(next.item)
                    inFlight += 1
                    let faults = settings.faults.faults(at: next.item)
                    let item = next.item
                    group.addTask { [send = steps.send, now = steps.now] in
                        await Self.exchange(item, request, faults, expected, send, now)
                    }
                }
                if held == nil, inFlight > 0, !isStopped() { held = try take(&queue, schedule) }
                let isDue = waiting.count >= Self.batchCount || ContinuousClock.now - lastRecord >= Self.tick
                if !isRecording, !waiting.isEmpty, isDue || inFlight == 0 {
                    isRecording = true
                    let batch = waiting
                    waiting.removeAll(keepingCapacity: true)
                    lastRecord = .now
                    group.addTask { [record] in
                        try await record(batch)
                        return .recorded
                    }
                }
                guard let event = try await group.next() else { break }
                switch event {
                case .tick: isTicking = false
                case .recorded: isRecording = false
                case .sent(let sent):
                    inFlight -= 1
                    var answer = Self.answer(sent, difference)
                    answer.isSentAgain = progress.uncertain.contains(sent.item)
                    try file.end(answer)
                    queue.finish(sent.item)
                    waiting.append(.replay(answer.record(run: folder.run)))
                    summary.add(answer, bodyByteCount: sent.plan.body.count, expected)
                    steps.answered(answer, sent.plan.body.count)
                    tell(summary)
                }
            }
        }
        summary.leftCount = queue.leftCount + (held == nil ? 0 : 1)
        return summary
    }

    /// The next item, with its delivery.
    private func take(_ queue: inout ItemQueue, _ schedule: RunSchedule) throws -> (
        item: Int, delivery: ArchivedDelivery?
    )? {
        guard let item = queue.pop() else { return nil }
        return (item, try steps.read(schedule.delivery(item)))
    }

    /// Nil if the item is not sent.
    private func request(_ next: (item: Int, delivery: ArchivedDelivery?), _ summary: inout RunSummary) -> ReplayPlan? {
        guard let delivery = next.delivery else {
            summary.skippedCount += 1
            return nil
        }
        guard !plan.settings.faults.faults(at: next.item).contains(.drop) else {
            summary.droppedCount += 1
            return nil
        }
        do {
            return try preparation.plan(delivery, item: next.item)
        } catch {
            steps.reject(delivery.id, error)
            summary.fail("not sent: it cannot be changed, signed or addressed")
            return nil
        }
    }

    /// Sends an item, twice if a fault says so. Then the first response that was not expected counts, or else the second.
    private static func exchange(
        _ item: Int, _ plan: ReplayPlan, _ faults: [ReplayFault], _ expected: ExpectedStatuses,
        _ send: @Sendable (ReplayPlan) async -> ReplayResult, _ now: @Sendable () -> Timestamp
    ) async -> Event {
        for case .delay(let delay) in faults { try? await Task.sleep(for: delay) }
        let startedAt = now()
        var result = await send(plan)
        if faults.contains(.duplicate), case .responded(let response) = result.outcome,
            expected.contains(response.status)
        {
            result = await send(plan)
        }
        return .sent(Sent(item: item, plan: plan, startedAt: startedAt, result: result))
    }

    private static func answer(_ sent: Sent, _ difference: [String]) -> RunAnswer {
        var content: RunAnswer.Content?
        let outcome: ReplayRecord.Outcome
        switch sent.result.outcome {
        case .failed(let reason): outcome = .failed(reason)
        case .responded(let response):
            content = response.content
            content?.difference = difference
            outcome = .responded(
                status: response.status, responseByteCount: response.bodyByteCount, responseSHA256: response.bodySHA256)
        }
        var answer = RunAnswer(
            item: sent.item, delivery: sent.plan.deliveryID, startedAt: sent.startedAt, method: sent.plan.method,
            url: sent.plan.urlWithoutQuery,
            durationMilliseconds: sent.result.durationMilliseconds, outcome: outcome)
        answer.changes = sent.plan.changes
        answer.content = content
        return answer
    }
}

/// The totals of a run.
package struct RunSummary: Equatable, Sendable {
    package var sentCount = 0
    package var failureCount = 0
    /// Failures by cause. Causes are statuses and texts of this module, so there are few.
    package var failures: [String: Int] = [:]
    /// Deliveries whose bodies were pruned.
    package var skippedCount = 0
    /// Not sent because of a fault.
    package var droppedCount = 0
    /// Items that are left for later.
    package var leftCount = 0
    package var isInterrupted = false
    package var byteCount: Int64 = 0
    /// The times of the exchanges in milliseconds, in the order in which they ended.
    var durations: [Int64] = []
    /// How late items were started, in microseconds, if they have times of their own.
    var lateness: [Int64] = []

    package init() {}

    package mutating func add(_ answer: RunAnswer, bodyByteCount: Int, _ expected: ExpectedStatuses) {
        sentCount += 1
        byteCount += Int64(bodyByteCount)
        durations.append(answer.durationMilliseconds)
        if let cause = answer.failure(expected) { fail(cause) }
    }

    /// Adds a recorded result.
    package mutating func add(_ record: ReplayRecord, _ expected: ExpectedStatuses) {
        sentCount += 1
        durations.append(record.durationMilliseconds)
        switch record.outcome {
        case .failed(let reason): fail(reason)
        case .responded(let status, _, _): if !expected.contains(status) { fail("response \(status)") }
        }
    }

    mutating func fail(_ cause: String) {
        failureCount += 1
        failures[cause, default: 0] += 1
    }

    /// The time in milliseconds within which this share of the exchanges ended; nil if there are none.
    package func duration(percentile: Int) -> Int64? { Self.rank(percentile, durations) }

    /// The same for the delay of starts, in microseconds.
    package func lateness(percentile: Int) -> Int64? { Self.rank(percentile, lateness) }

    /// The nearest rank.
    static func rank(_ percentile: Int, _ values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let rank = (values.count * min(max(percentile, 1), 100) + 99) / 100
        return values.sorted()[rank - 1]
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    fileprivate var microseconds: Int64 {
        Int64(clamping: components.seconds) &* 1_000_000 &+ components.attoseconds / 1_000_000_000_000
    }
}
