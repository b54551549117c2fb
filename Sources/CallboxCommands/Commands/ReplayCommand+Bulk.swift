internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Replay
internal import ReportIndex
internal import TerminalOutput

extension ReplayCommand {
    /// Previews what was chosen, or sends it.
    func replay(
        _ selection: DeliverySelection, _ access: ArchiveAccess, _ reader: ArchiveReader, _ timeout: Duration,
        _ console: Console
    ) async throws {
        guard let first = selection.ids.first else { return console.note("no report matches") }
        // Also checks that the URL is one.
        let target = TerminalText.escape(try urlWithoutCredentials(first, reader))
        guard yes else {
            for line in selection.table(on: console) { try console.print(line) }
            try console.print("\(selection.summary), to \(target)")
            if dryRun { return console.note("nothing was sent; --yes sends them") }
            throw CommandFailure(
                .usage,
                "this would send \(HumanText.count(selection.ids.count, "delivery", "deliveries")) to \(target)",
                advice: "Add --yes to do it.")
        }
        let sender = ReplaySender(timeout: timeout)
        let summary = try await send(selection, access, reader, sender, console)
        try console.print(Self.text(summary, target))
        if summary.failureCount > 0 { throw ExitStatus.negative }
    }

    /// Sends everything through one writing session.
    private func send(
        _ selection: DeliverySelection, _ access: ArchiveAccess, _ reader: ArchiveReader, _ sender: ReplaySender,
        _ console: Console
    ) async throws -> BulkReplay.Summary {
        try await access.writing { session in
            let replay = replay(reader, sender, session, console)
            var progress = TransferProgress("sent", of: selection.ids.count, on: console)
            let summary: BulkReplay.Summary
            do {
                summary = try await replay.run(selection.ids) { progress.tell($0.sentCount, byteCount: $0.byteCount) }
            } catch is CancellationError {
                throw CommandFailure(.interrupted, "the replay was cancelled")
            } catch {
                throw CommandFailure(translating: error)
            }
            progress.end()
            return summary
        }
    }

    private func replay(
        _ reader: ArchiveReader, _ sender: ReplaySender, _ session: ArchiveSession, _ console: Console
    ) -> BulkReplay {
        BulkReplay(
            send: { await sender.send($0) },
            plan: { [to] id in
                do {
                    return try ReplayPlan.plan(for: id, in: reader, to: to)
                } catch ReplayError.noDelivery {
                    // Retention took it meanwhile.
                    return nil
                }
            },
            record: { sent in
                try await session.append(.replay(ReplayRecord(sent.plan, sent.startedAt, sent.result)))
                guard let failure = sent.failure else { return }
                console.progress("")
                console.note("delivery \(sent.plan.deliveryID): \(failure)")
            }, interval: limits.interval, concurrency: limits.concurrency, failureLimit: limits.maxFailures,
            now: SystemClock.now)
    }

    static func text(_ summary: BulkReplay.Summary, _ target: String) -> String {
        var parts = [
            "sent \(HumanText.count(summary.sentCount, "delivery", "deliveries")) to \(target)",
            summary.failureCount == 0 ? "all answered" : "\(summary.failureCount) failed",
        ]
        if summary.skippedCount > 0 { parts.append("\(summary.skippedCount) skipped, their bodies are gone") }
        if summary.leftCount > 0 { parts.append("stopped there, \(summary.leftCount) not sent") }
        return parts.joined(separator: "; ")
    }

    private func urlWithoutCredentials(_ id: DeliveryID, _ reader: ArchiveReader) throws -> String {
        guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
        return try ReplayPlan(kept.delivery, to: to).urlWithoutCredentials
    }
}

extension DeliverySelection {
    /// `17 deliveries, 13.4 KB of bodies, from … to …`.
    var summary: String {
        let what =
            "\(HumanText.count(ids.count, "delivery", "deliveries")), \(HumanText.byteCount(byteCount)) of bodies"
        guard let firstReceivedAt, let lastReceivedAt else { return what }
        return "\(what), from \(HumanText.time(firstReceivedAt)) to \(HumanText.time(lastReceivedAt))"
    }

    /// How many of which type, most first.
    func table(on console: Console) -> [String] {
        let rows = shares.sorted { ($1.value, $0.key.source, $0.key.type) < ($0.value, $1.key.source, $1.key.type) }
        return Table(
            columns: [
                .init(title: "SOURCE"), .init(title: "TYPE", shortestWidth: 12),
                .init(title: "DELIVERIES", alignment: .right),
            ],
            rows: rows.map { [.init($0.key.source), .init($0.key.type, .cyan), .init("\($0.value)")] }
        ).lines(on: console)
    }
}
