internal import Analysis
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import OutboundHTTP
internal import Presentation
internal import Providers
internal import Replay
internal import ReportIndex
internal import TerminalOutput

/// Starts and continues replay runs, and prints their results.
struct ReplaySending {
    let access: ArchiveAccess
    let configuration: CallboxConfiguration
    let console: Console
    let client: OutboundClient
    /// Ignored differences between responses.
    let ignored: [IgnoredPath]

    func start(
        _ selection: DeliverySelection, _ settings: ReplaySettings, _ reader: ArchiveReader, asks: Bool, isDryRun: Bool
    ) async throws {
        let plan = try selection.plan(settings, identities: CallboxCommand.providers.identities, reader)
        guard let delivery = try reader.delivery(plan.deliveries[0]) else { return }
        // Preparing the first delivery also checks the URLs, the secret and the changes before any delivery is sent.
        let first = try preparation(settings).plan(delivery)
        if let other = settings.comparedURL { _ = try preparation(plan.compared(to: other).settings).plan(delivery) }
        let preview = ReplayPreview(selection, first, settings)
        if plan.deliveries.count == 1, isDryRun {
            return try ReplayPreview.lines(first, CallboxCommand.providers.secrets).forEach(console.print)
        }
        if plan.itemCount > 1, asks {
            try preview.lines(on: console).forEach(console.print)
            if isDryRun { return console.note("nothing was sent; use --yes to send") }
            let question = "\(preview.size) to \(preview.target)"
            guard let isConfirmed = console.confirms("Send \(question)?") else {
                throw CommandFailure(.usage, "this sends \(question)", advice: "Add --yes to confirm.")
            }
            guard isConfirmed else { return console.note("nothing was sent") }
        }
        let difference = settings.body.map { BodyDifference.lines(delivery.request.body, $0) } ?? []
        try await run(reader, itemCount: settings.comparedURL == nil ? plan.itemCount : nil) {
            try await $0.start(
                plan, url: first.urlWithoutQuery, byteCount: selection.byteCount, difference: difference)
        }
    }

    func resume(_ reference: RunReference) async throws {
        // If no server runs, `writing` indexes the remaining entries first. A result that is not indexed would be
        // recorded twice.
        try await access.writing { _ in }
        let reader = try await access.reader()
        let run = try reference.run(in: reader).id
        try await self.run(reader, itemCount: nil) { try await $0.resume(run) }
    }

    /// - Parameter itemCount: the number of items; nil if unknown. A single response is printed in full.
    private func run(
        _ reader: ArchiveReader, itemCount: Int?, _ work: (RunSession) async throws -> RunSession.Result
    ) async throws {
        let isOne = itemCount == 1
        var bar = TransferProgress("sent", of: itemCount, on: console)
        let expected = { (plan: RunPlan) in plan.settings.expectedStatuses }
        var only: (response: RunResponse, sentByteCount: Int)?
        let events = RunSession.Events(
            interrupted: { folder, count in
                let items = HumanText.count(count, "item was", "items were")
                console.note(
                    "\(items) interrupted and may arrive twice; 'callbox replay show \(folder.run)' marks them")
            },
            rejected: { _, error in
                console.progress("")
                console.note(CommandFailure(error).message)
            }, responded: { only = ($0, $1) },
            progressed: { if !isOne { bar.update($0.sentCount, byteCount: $0.byteCount) } },
            stopped: { summary, plan, folder, run in
                bar.end()
                guard isOne, let (response, sentByteCount) = only else {
                    let target = TerminalText.escape(ReplayPlan.urlWithoutSecrets(plan.settings.url))
                    try RunSummaryView.lines(
                        summary, run: folder.canContinue ? run : nil, target: target
                    ).forEach(console.print)
                    return console.hint("results: callbox replay show \(folder.run)")
                }
                guard case .responded = response.outcome else {
                    throw CommandFailure(.negative, "\(response.method) \(response.url): \(response.resultText)")
                }
                try RunResponseView(response, expected(plan), CallboxCommand.providers.secrets)
                    .write(sentByteCount: sentByteCount, on: console)
            })
        Interruption.note()
        defer { Interruption.release() }
        let result = try await access.writing { archive in
            try await archive.index { [console] in console.progress("indexed up to entry \($0)") }
            console.progress("")
            return try await work(
                RunSession(
                    access.directory, reader, now: SystemClock.now, preparation: preparation,
                    send: { [client] in await ReplaySender(client: client, timeout: $1).send($0) },
                    isInterrupted: { Interruption.hasHappened }, events: events
                ) { records in
                    let positions = try await archive.append(records.map { .record($0) }).positions
                    // Indexes now, because 'replay runs' must find this run while it continues and after it was killed.
                    // A failure to index must not end the run, because the records are in the journal. Closing the
                    // archive indexes again and reports the failure.
                    try? await archive.index()
                    return positions
                })
        }
        switch result {
        case .sent(let summary):
            if summary.isInterrupted, summary.leftCount > 0 { throw ExitStatus.interrupted }
            if summary.failureCount > 0 { throw ExitStatus.negative }
        case .comparable(let first, let second):
            guard try RunDifferenceRow.print(first, second, ignored, .table, on: console) else { return }
            throw ExitStatus.negative
        }
    }

    private func preparation(_ settings: ReplaySettings) throws -> ReplayPreparation {
        try ReplayPreparation(
            settings, configuration, environment: ProcessInfo.processInfo.environment, now: SystemClock.now)
    }
}
