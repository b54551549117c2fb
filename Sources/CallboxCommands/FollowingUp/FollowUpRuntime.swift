internal import Deliveries
internal import Foundation
internal import Intake
internal import Logging
internal import NIOPosix
internal import ProviderClients
internal import ReportArchive

/// Fetches what deliveries announce, beside the door and behind it: one more cursor over the journal, one call at a time,
/// with rests between tries. What it fetched is committed like any delivery before its follow-up counts as done, so that a
/// crash in between fetches again rather than forgets.
///
/// ```
/// journal ─cursor─▶ plan ─▶ followUp rows ─due─▶ call ─▶ seal ▸ commit ─▶ journal, `fetched`
/// ```
struct FollowUpRuntime: Sendable {
    /// Between two looks at what there is to do.
    static let interval: Duration = .seconds(1)
    /// Between two looks at links that nothing came for.
    private static let sweepInterval: Duration = .seconds(300)
    /// A link is left alone for this long before its provider is asked.
    private static let linkAge: Int64 = 300_000
    private static let pageCount = 200

    let writer: ArchiveWriter
    let configuration: CallboxConfiguration
    /// Takes the work that waits for the writer off the threads that tasks share.
    let pool: NIOThreadPool
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Runs until its task is cancelled. Nothing where no API wants it.
    func run() async {
        let plan = FollowUpPlan(configuration)
        guard !plan.isEmpty else { return }
        logger.info("following up", metadata: ["apis": "\(plan.sources.keys.map(\.rawValue).sorted())"])
        let calls = FollowUpCalls(
            access: ProviderAccess(configuration),
            reader: { [location = writer.location] in try ArchiveReader(location) },
            now: now)
        var nextSweep = ContinuousClock.now
        while !Task.isCancelled {
            do {
                try await look(plan)
                if ContinuousClock.now >= nextSweep {
                    nextSweep = ContinuousClock.now + Self.sweepInterval
                    try await sweep(plan)
                }
                try await work(calls)
            } catch {
                logger.warning("following up failed", metadata: ["reason": "\(Self.text(error))"])
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Goes through what has arrived since the last look. The first look ever begins at the end: the past is left alone.
    private func look(_ plan: FollowUpPlan) async throws {
        try await off { [writer, now] in
            let reader = try ArchiveReader(writer.location)
            guard var cursor = try reader.followUpCursor() else {
                return try writer.order([], cursor: try reader.newestProjectedDelivery(), at: now())
            }
            while true {
                let page = try reader.projectedDeliveries(after: cursor, limit: Self.pageCount)
                guard let last = page.last else { return }
                var orders: [FollowUpOrder] = []
                for id in page { orders += plan.orders(after: id, try reader.reports(of: id)) }
                try writer.order(orders, cursor: last, at: now())
                cursor = last
            }
        }
    }

    private func sweep(_ plan: FollowUpPlan) async throws {
        try await off { [writer, now] in
            let reader = try ArchiveReader(writer.location)
            var filter = LinkFilter()
            filter.providers = ["certn-legacy"]
            filter.states = [.created]
            filter.until = now().advanced(byMilliseconds: -Self.linkAge)
            var orders = plan.certificallSweep(at: now())
            if plan.sources[.certnLegacy] != nil {
                orders += plan.orders(for: try reader.links(matching: filter).map { try reader.progress(of: $0) })
            }
            if !orders.isEmpty { try writer.order(orders, cursor: nil, at: now()) }
        }
    }

    private func work(_ calls: FollowUpCalls) async throws {
        let due = try await off { [writer, now] in
            try ArchiveReader(writer.location).dueFollowUps(at: now(), limit: Self.pageCount)
        }
        for followUp in due where !Task.isCancelled {
            let outcome = await attempt(followUp, calls)
            // A stop is no failure: the try counts for nothing.
            guard !Task.isCancelled else { return }
            try await off { [writer] in try writer.conclude(followUp.id, outcome) }
            note(followUp, outcome)
        }
    }

    private func attempt(_ followUp: FollowUp, _ calls: FollowUpCalls) async -> FollowUpOutcome {
        guard let act = FollowUpAct(rawValue: followUp.order.act) else {
            return .failed(problem: "this version of Callbox does not know how")
        }
        do {
            switch try await calls.perform(followUp, act) {
            case .fetched(let request, _): return .done(try await archive(request, source: followUp.order.source))
            case .nothing(let orders):
                try await off { [writer, now] in try writer.order(orders, cursor: nil, at: now()) }
                return .done(nil)
            case .notYet(let text): return again(followUp, act, text)
            }
        } catch let failure as ProviderCallFailure {
            switch failure {
            case .refused(let refusal) where refusal.status < 500 && ![401, 408, 429].contains(refusal.status):
                return .failed(problem: "the provider refused with \(refusal.status)")
            case .badInput(let sentence): return .failed(problem: sentence)
            // The provider's words may quote what was sent; the kind of failure is enough here.
            case .refused(let refusal): return again(followUp, act, "the provider refused with \(refusal.status)")
            case .unreachable, .unexpectedAnswer, .cancelled: return again(followUp, act, failure.description)
            }
        } catch {
            return again(followUp, act, Self.text(error))
        }
    }

    private func again(_ followUp: FollowUp, _ act: FollowUpAct, _ problem: String) -> FollowUpOutcome {
        guard followUp.attemptCount + 1 < act.attemptLimit else { return .failed(problem: problem) }
        return .tryAgain(at: now().advanced(byMilliseconds: act.wait(after: followUp.attemptCount)), problem: problem)
    }

    /// Makes what was fetched durable.
    private func archive(_ request: InboundRequest, source: String) async throws -> DeliveryID {
        let seal = Sealing { [compressors = writer.compressors] in compressors.compressor(source: $0, body: $1) }
        let sealed = try await off { seal(AuthenticDelivery.fetched(request, source: source)) }
        let outcome = await withCheckedContinuation { continuation in
            writer.commit(sealed) { continuation.resume(returning: $0) }
        }
        switch outcome {
        case .durable(let receipt): return receipt.deliveryID
        case .refused: throw CommandFailure(.tryAgain, "the archive does not take it now")
        }
    }

    private func note(_ followUp: FollowUp, _ outcome: FollowUpOutcome) {
        let metadata: Logger.Metadata = ["follow-up": "\(followUp.id)", "act": "\(followUp.order.act)"]
        switch outcome {
        case .done(let id):
            logger.info(
                "followed up", metadata: metadata.merging(["delivery": "\(id.map { "\($0)" } ?? "none")"]) { $1 })
        case .tryAgain: logger.debug("follow-up to be tried again", metadata: metadata)
        case .failed(let problem):
            logger.warning("follow-up given up", metadata: metadata.merging(["reason": "\(problem)"]) { $1 })
        }
    }

    private func off<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(work)
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case let failure as CommandFailure: failure.message
        case let failure as ArchiveError: CommandFailure(failure).message
        case let failure as ArchiveReadFailure: CommandFailure(failure).message
        default: "\(type(of: error))"
        }
    }
}
