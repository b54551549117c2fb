package import Deliveries
package import Journal

/// Sends the items of a run and records the progress in the run's file.
///
///     read ahead ▸ wait for the time ▸ "started" in the file ▸ send ▸ "ended" in the file ▸ records, many in one
///     append
///
/// The next item may start once the end of an earlier item is in the file. A process that is killed therefore leaves at
/// most `concurrency` items for which it is unknown whether they were sent. These items are sent again when the run is
/// resumed.
package struct RunSender {
    package struct Steps {
        /// Reads the first deliveries of a list, at least one. An element is nil if retention removed the body.
        let read: ([DeliveryID]) throws -> [ArchivedDelivery?]
        let send: @Sendable (ReplayPlan) async -> ReplayResult
        /// Called if an item cannot be changed or signed, or if its URL or headers are invalid. The item is not sent.
        let reject: (DeliveryID, ReplayError) -> Void
        /// Called with each response and the length of the body that was sent.
        let responded: (RunResponse, Int) -> Void
        let isInterrupted: @Sendable () -> Bool
        /// After an interruption, the time to wait for exchanges that are in progress.
        let patience: Duration
        let now: @Sendable () -> Timestamp

        package init(
            read: @escaping ([DeliveryID]) throws -> [ArchivedDelivery?],
            send: @escaping @Sendable (ReplayPlan) async -> ReplayResult,
            reject: @escaping (DeliveryID, ReplayError) -> Void = { _, _ in },
            responded: @escaping (RunResponse, Int) -> Void = { _, _ in },
            isInterrupted: @escaping @Sendable () -> Bool = { false }, patience: Duration = .seconds(2),
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.read = read
            self.send = send
            self.reject = reject
            self.responded = responded
            self.isInterrupted = isInterrupted
            self.patience = patience
            self.now = now
        }
    }

    private enum Event: Sendable {
        case sent(RunExchange, RunExchange.Result)
        /// The exchange was cancelled, so it is unknown whether the request arrived.
        case abandoned
        case recorded((any Error)?)
        /// It is time to check for an interruption.
        case tick
        /// It is time to check for due items.
        case due
    }

    /// The number of records per append.
    private static let batchCount = 500
    private static let waitingCount = 5000
    /// The maximum time that a result waits until it is recorded. Also the interval of checks for an interruption.
    private static let tick: Duration = .milliseconds(100)

    private let plan: RunPlan
    private let schedule: RunSchedule
    private let preparation: ReplayPreparation
    private let steps: Steps
    private let record: @Sendable ([JournalRecord]) async throws -> Void
    private let folder: RunFolder
    private let progress: RunProgress
    /// If the plan has a single delivery, lines that describe its change, including values. They are stored with the
    /// responses.
    package var difference: [String] = []

    /// - Parameter progress: the progress that earlier processes made.
    package init(
        _ plan: RunPlan, _ preparation: ReplayPreparation, in folder: RunFolder, after progress: RunProgress,
        _ steps: Steps, record: @escaping @Sendable ([JournalRecord]) async throws -> Void
    ) {
        self.plan = plan
        self.schedule = RunSchedule(plan)
        self.preparation = preparation
        self.folder = folder
        self.progress = progress
        self.steps = steps
        self.record = record
    }

    private struct State {
        let file: RunFileWriter
        var queue: ItemQueue
        var summary = RunSummary()
        /// The results that are not recorded yet.
        var waiting: [JournalRecord] = []
        var isRecording = false
        var lastRecord = ContinuousClock.now
        var inFlight = 0
        /// The items that were taken from the queue but not started. `read` contains the deliveries of the first of
        /// these items.
        var next = ArraySlice<Int>()
        var read = ArraySlice<ArchivedDelivery?>()
        /// True if the next item is not due yet.
        var isWaiting = false
        var isTimed = false
        var nextStart = ContinuousClock.now
        /// The time at which the schedule starts; nil before the first item.
        var origin: ContinuousClock.Instant?
        var interruptedAt: ContinuousClock.Instant?
    }

    /// Sends the items.
    ///
    /// - Returns: the totals of the items that this process sent.
    package func run(_ tell: (RunSummary) -> Void = { _ in }) async throws -> RunSummary {
        var state = State(
            file: try RunFileWriter(folder),
            queue: ItemQueue(schedule, count: plan.itemCount, without: progress.ended))
        let inbox = Inbox<Event>()
        var failure: (any Error)?
        await withDiscardingTaskGroup { others in
            others.addTask {
                while (try? await Task.sleep(for: Self.tick)) != nil { inbox.put(.tick) }
            }
            await withDiscardingTaskGroup { exchanges in
                do {
                    try await send(&state, inbox, &exchanges, &others, tell)
                } catch {
                    failure = error
                    exchanges.cancelAll()
                }
            }
            others.cancelAll()
        }
        if let failure { throw failure }
        state.summary.leftCount = state.queue.leftCount + state.next.count + state.summary.abandonedCount
        return state.summary
    }

    private func send(
        _ state: inout State, _ inbox: Inbox<Event>, _ exchanges: inout DiscardingTaskGroup,
        _ others: inout DiscardingTaskGroup, _ tell: (RunSummary) -> Void
    ) async throws {
        while true {
            if steps.isInterrupted() {
                state.summary.isInterrupted = true
                let start = state.interruptedAt ?? .now
                state.interruptedAt = start
                if ContinuousClock.now - start >= steps.patience { exchanges.cancelAll() }
            }
            let starts = try starts(&state, inbox, &others)
            // A request may be sent only when its start, and the ends of the items before it, are in the file.
            try state.file.flush()
            for start in starts {
                exchanges.addTask { [send = steps.send, now = steps.now] in
                    let result = await start.run(send, now)
                    inbox.put(result.map { .sent(start, $0) } ?? .abandoned)
                }
            }
            recordIfDue(&state, inbox, &others)
            if state.inFlight == 0, !state.isRecording, state.waiting.isEmpty,
                !state.isWaiting || isStopped(state)
            {
                return
            }
            for event in await inbox.take() { try handle(event, &state, tell) }
        }
    }

    private func isStopped(_ state: State) -> Bool {
        state.summary.failureCount >= plan.settings.failureLimit || state.summary.isInterrupted
    }

    /// The requests that are due. `flush` must write their starts before they are sent.
    private func starts(
        _ state: inout State, _ inbox: Inbox<Event>, _ others: inout DiscardingTaskGroup
    ) throws -> [RunExchange] {
        var starts: [RunExchange] = []
        while state.inFlight < plan.settings.concurrency, state.waiting.count < Self.waitingCount, !isStopped(state) {
            state.isWaiting = false
            try readAhead(&state)
            guard let item = state.next.first, let delivery = state.read.first else { break }
            let now = ContinuousClock.now
            var due = state.nextStart
            if let offset = schedule.offset(item) {
                let origin = state.origin ?? now - offset
                state.origin = origin
                due = max(due, origin + offset)
            }
            guard due <= now else {
                state.isWaiting = true
                if !state.isTimed {
                    state.isTimed = true
                    others.addTask {
                        try? await Task.sleep(until: due, tolerance: .zero)
                        inbox.put(.due)
                    }
                }
                break
            }
            if state.origin != nil { state.summary.add(lateness: now - due) }
            state.nextStart = max(state.nextStart, now - plan.settings.interval) + plan.settings.interval
            state.next.removeFirst()
            state.read.removeFirst()
            guard let request = request(item, delivery, &state.summary) else {
                state.queue.finish(item)
                continue
            }
            state.file.begin(item)
            state.inFlight += 1
            starts.append(RunExchange(item, request, plan.settings))
        }
        // Reads ahead, so the next request does not wait for the disk.
        if !isStopped(state) { try readAhead(&state) }
        return starts
    }

    private func recordIfDue(_ state: inout State, _ inbox: Inbox<Event>, _ others: inout DiscardingTaskGroup) {
        let isDue =
            state.waiting.count >= Self.batchCount || state.inFlight == 0
            || ContinuousClock.now - state.lastRecord >= Self.tick
        guard !state.isRecording, !state.waiting.isEmpty, isDue else { return }
        state.isRecording = true
        state.lastRecord = .now
        let batch = state.waiting
        state.waiting.removeAll(keepingCapacity: true)
        others.addTask { [record] in
            do {
                try await record(batch)
                inbox.put(.recorded(nil))
            } catch {
                inbox.put(.recorded(error))
            }
        }
    }

    private func handle(_ event: Event, _ state: inout State, _ tell: (RunSummary) -> Void) throws {
        switch event {
        case .tick: break
        case .due: state.isTimed = false
        case .recorded(let failure):
            state.isRecording = false
            if let failure { throw failure }
        case .abandoned:
            state.inFlight -= 1
            state.summary.abandonedCount += 1
        case .sent(let exchange, let result):
            state.inFlight -= 1
            var response = exchange.response(result, difference)
            response.isSentAgain = progress.uncertain.contains(exchange.item)
            state.file.end(response)
            state.queue.finish(exchange.item)
            state.waiting.append(.replay(response.record(run: folder.run)))
            state.summary.add(response, bodyByteCount: exchange.plan.body.count, plan.settings.expectedStatuses)
            steps.responded(response, exchange.plan.body.count)
            tell(state.summary)
        }
    }

    /// Reads deliveries ahead. If the run is paced, reads only one delivery, because the next one may be sent much
    /// later and could be erased in the meantime.
    private func readAhead(_ state: inout State) throws {
        guard state.read.isEmpty else { return }
        let isPaced = plan.settings.speed != nil || plan.settings.interval > .zero
        let count = isPaced ? 1 : RunReader.countLimit
        while state.next.count < count, let item = state.queue.pop() { state.next.append(item) }
        guard !state.next.isEmpty else { return }
        state.read = try steps.read(state.next.map(schedule.delivery))[...]
    }

    /// The request for an item; nil if the item is not sent.
    private func request(_ item: Int, _ delivery: ArchivedDelivery?, _ summary: inout RunSummary) -> ReplayPlan? {
        guard let delivery else {
            summary.skippedCount += 1
            return nil
        }
        guard !plan.settings.faults.faults(at: item).contains(.drop) else {
            summary.droppedCount += 1
            return nil
        }
        do {
            return try preparation.plan(delivery, item: item)
        } catch {
            steps.reject(delivery.id, error)
            summary.fail("not sent: it cannot be changed or signed, or its URL or headers are invalid")
            return nil
        }
    }
}
