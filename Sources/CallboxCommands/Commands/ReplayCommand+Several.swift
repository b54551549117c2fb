internal import CallboxServer
internal import Deliveries
internal import Journal
internal import Presentation
internal import Replay
internal import ReportIndex
internal import TerminalOutput

extension ReplayCommand {
    func replay(
        _ selection: DeliverySelection, _ preparation: ReplayPreparation, _ access: ArchiveAccess,
        _ reader: ArchiveReader, _ console: Console
    ) async throws {
        if selection.prunedCount > 0 {
            let count = HumanText.count(selection.prunedCount, "delivery was", "deliveries were")
            console.note("\(count) left out: the bodies are pruned")
        }
        guard let first = selection.ids.first else { return console.note("no delivery to send") }
        // Also checks URL, secret and changes.
        guard let plan = try preparation.plan(first, in: reader) else { return }
        let target = TerminalText.escape(plan.urlWithoutQuery)
        guard yes else {
            for line in selection.table(on: console) { try console.print(line) }
            try console.print("\(selection.summary(on: console)), to \(target)\(Self.note(plan, preparation))")
            if dryRun { return console.note("nothing was sent; --yes sends them") }
            let count = HumanText.count(selection.ids.count, "delivery", "deliveries")
            throw CommandFailure(.usage, "this sends \(count) to \(target)", advice: "Add --yes to confirm.")
        }
        let summary = try await access.writing { session in
            try await send(selection.ids, preparation, reader, session, console)
        }
        for line in Self.lines(summary, target) { try console.print(line) }
        if summary.failureCount > 0 { throw ExitStatus.negative }
    }

    private func send(
        _ ids: [DeliveryID], _ preparation: ReplayPreparation, _ reader: ArchiveReader, _ session: ArchiveSession,
        _ console: Console
    ) async throws -> BulkReplay.Summary {
        let sender = ReplaySender(timeout: pace.exchangeTimeout)
        let replay = BulkReplay(
            send: { await sender.send($0) },
            plan: { id in
                do {
                    return try preparation.plan(id, in: reader)
                } catch ReplayError.noDelivery {
                    // Retention removed it meanwhile.
                    return nil
                }
            },
            record: { sent in
                try await session.append(.replay(ReplayRecord(sent.plan, sent.startedAt, sent.result)))
                guard let failure = sent.failure(pace.expectedStatuses) else { return }
                console.progress("")
                console.note("delivery \(sent.plan.deliveryID): \(failure)")
            },
            reject: { _, error in
                console.progress("")
                console.note(CommandFailure(error).message)
            }, expected: pace.expectedStatuses, interval: pace.interval, concurrency: pace.concurrency,
            failureLimit: pace.maxFailures, now: SystemClock.now)
        var progress = TransferProgress("sent", of: ids.count, on: console)
        defer { progress.end() }
        do {
            return try await replay.run(ids) { progress.tell($0.sentCount, byteCount: $0.byteCount) }
        } catch is CancellationError {
            throw CommandFailure(.interrupted, "the replay was cancelled")
        }
    }

    private static func note(_ plan: ReplayPlan, _ preparation: ReplayPreparation) -> String {
        (plan.isChanged ? ", changed" : "") + (preparation.isSigning ? ", signed again" : "")
    }

    /// The result, with the failures by cause, the most frequent first.
    static func lines(_ summary: BulkReplay.Summary, _ target: String) -> [String] {
        var text = "sent \(HumanText.count(summary.sentCount, "delivery", "deliveries")) to \(target)"
        text += summary.failureCount == 0 ? ", all accepted" : ", \(summary.failureCount) failed"
        if summary.skippedCount > 0 { text += ", \(summary.skippedCount) skipped without a body" }
        if summary.leftCount > 0 { text += "; failure limit reached, \(summary.leftCount) not sent" }
        if let median = summary.duration(percentile: 50), let tail = summary.duration(percentile: 99) {
            text += "; p50 \(median) ms, p99 \(tail) ms"
        }
        let failures = summary.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return [text] + failures.map { "  \($0.value) × \(TerminalText.escape($0.key))" }
    }
}

extension DeliverySelection {
    /// `17 deliveries, 13.4 KB of bodies, from … to …`.
    fileprivate func summary(on console: Console) -> String {
        let what =
            "\(HumanText.count(ids.count, "delivery", "deliveries")), \(HumanText.byteCount(byteCount)) of bodies"
        guard let firstReceivedAt, let lastReceivedAt else { return what }
        return "\(what), from \(console.time(firstReceivedAt)) to \(console.time(lastReceivedAt))"
    }

    /// Deliveries by source, type and verification, the most first.
    fileprivate func table(on console: Console) -> [String] {
        let rows = shares.sorted {
            ($1.value, $0.key.source, $0.key.type, $0.key.verification)
                < ($0.value, $1.key.source, $1.key.type, $1.key.verification)
        }
        return Table(
            columns: [
                .text("SOURCE"), .text("TYPE", shortest: 12), .text("VERIFICATION"), .number("DELIVERIES"),
            ],
            rows: rows.map { share, count in
                let isDoubtful = [Verification.failed, .expired].map(\.rawValue).contains(share.verification)
                return [
                    .init(share.source), .init(share.type, .cyan),
                    .init(share.verification, isDoubtful ? .red : nil), .init("\(count)"),
                ]
            }
        ).lines(on: console)
    }
}
