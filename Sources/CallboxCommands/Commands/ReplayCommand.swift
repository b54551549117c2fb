internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import Redaction
internal import Replay
internal import ReportIndex
internal import TerminalOutput

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send archived deliveries again, unchanged.",
        usage: "callbox replay (<id> ... | <filters>) --to <url> [<options>]",
        discussion: """
            Redirects are not followed and nothing is sent twice. Exits with 1 unless every response is 2xx. Several \
            deliveries need --yes and are sent oldest first; filters select only the first arrival of each report.

            EXAMPLES
              callbox replay 42 --to http://localhost:3000/hooks/klavi
              callbox replay --provider klavi --since 1h --to http://localhost:3000
              callbox replay 42 43 --to http://localhost:3000 --yes --rate 5/s
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Argument(help: ArgumentHelp("Deliveries.", valueName: "id"), transform: ItemReference.parse)
    var ids: [ItemReference] = []

    @Option(
        help: ArgumentHelp(
            "The destination. Without a query, the delivery's is added; user:password is sent as Basic.",
            valueName: "url"))
    var to: String

    @Flag(help: "Send every delivery of the archive.")
    var everything = false

    @Flag(help: "Show what would be sent.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Confirm that several deliveries are sent.")
    var yes = false

    @Option(help: ArgumentHelp("Time for one exchange.", valueName: "duration"))
    var timeout = "30s"

    @Option(help: ArgumentHelp("Send no faster than this, such as 5/s, 100/m or 10/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("Send this many at a time, up to \(Self.concurrencyLimit).", valueName: "count"))
    var concurrency = 1

    @Option(help: ArgumentHelp("Stop after this many failures.", valueName: "count"))
    var maxFailures = 10

    private static let concurrencyLimit = 16

    func validate() throws {
        guard !yes || !dryRun else { throw ValidationError("--yes and --dry-run cannot be combined") }
        guard rate.map({ SendingRate($0) != nil }) ?? true else {
            throw ValidationError("--rate must be a number and a time, such as 5/s, 100/m or 10/h, up to 1000/s")
        }
        guard (1...Self.concurrencyLimit).contains(concurrency) else {
            throw ValidationError("--concurrency must be between 1 and \(Self.concurrencyLimit)")
        }
        guard (1...1_000_000).contains(maxFailures) else {
            throw ValidationError("--max-failures must be between 1 and 1000000")
        }
        guard to.utf8.count <= 8192 else { throw ValidationError("--to must be at most 8192 bytes") }
        guard let timeout = Quantity.duration(timeout), timeout > .zero else {
            throw ValidationError("--timeout must be a duration, such as 30s or 5m")
        }
    }

    private var sender: ReplaySender {
        ReplaySender(timeout: Quantity.duration(timeout) ?? .seconds(30))
    }

    func run() async throws {
        let console = options.console
        let filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        try checkChoice(isFiltered: !filter.isUnconditional)
        let access = ArchiveAccess(try options.load(), console: console)
        if ids.count == 1, let id = try deliveryIDs(try access.openReader()).first {
            return try await replay(id, access, try access.openReader(), console)
        }
        let reader = try await access.reader()
        let selection =
            try ids.isEmpty
            ? selection(filter, reader, console) : DeliverySelection(try deliveryIDs(reader), reader)
        try await replay(selection, access, reader, console)
    }

    /// IDs, filters or everything: exactly one, so that nothing is sent by mistake.
    private func checkChoice(isFiltered: Bool) throws(CommandFailure) {
        let ways = [!ids.isEmpty, isFiltered, everything].count { $0 }
        guard ways != 0 else {
            throw CommandFailure(
                .usage, "no delivery is selected",
                advice: "Give IDs, filters such as --type link_created --since 1h, or --everything.")
        }
        guard ways == 1 else {
            throw CommandFailure(
                .usage, "IDs, filters and --everything cannot be combined", advice: "Give one of the three.")
        }
    }

    /// The deliveries of the IDs. A report must exist, although its whole delivery is sent.
    private func deliveryIDs(_ reader: ArchiveReader) throws -> [DeliveryID] {
        try ids.map { reference in
            let (id, ordinal) = try reference.report(reader, for: "replay")
            if let ordinal, try !reader.reports(of: id).contains(where: { $0.ordinal == ordinal }) {
                throw CommandFailure(
                    .negative, "delivery \(id) has no report \(ordinal)", advice: "Run 'callbox show \(id)'.")
            }
            return id
        }
    }

    private func selection(
        _ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console
    ) throws -> DeliverySelection {
        var selection = DeliverySelection()
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            selection.add(report)
            if selection.ids.count.isMultiple(of: 4096) {
                console.progress("found \(selection.ids.count) deliveries")
            }
        }
        console.progress("")
        conclusion.tell(on: console)
        if conclusion.counts != nil, conclusion.isInterrupted { throw ExitStatus.interrupted }
        selection.sort()
        return selection
    }
}

// MARK: One delivery

extension ReplayCommand {
    private func replay(
        _ id: DeliveryID, _ access: ArchiveAccess, _ reader: ArchiveReader, _ console: Console
    ) async throws {
        guard let delivery = try reader.delivery(id) else { throw ReplayError.noDelivery(id) }
        let plan = try ReplayPlan(delivery, to: to)
        guard !dryRun else { return try show(plan, console) }
        let startedAt = SystemClock.now()
        let result = await sender.send(plan)
        try await access.append(.replay(ReplayRecord(plan, startedAt, result)))
        switch result.outcome {
        case .failed(let reason):
            throw CommandFailure(.negative, "\(plan.method) \(plan.urlWithoutQuery): \(reason)")
        case .responded(let response):
            try show(response, plan, result.durationMilliseconds, console)
            guard response.isSuccess else { throw ExitStatus.negative }
        }
    }

    private func show(_ plan: ReplayPlan, _ console: Console) throws {
        let secrets = CallboxCommand.providers.secrets
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(Masking.target(plan.url, secrets)))")
        for field in plan.headers {
            try console.print(
                "\(TerminalText.escape(field.name)): \(TerminalText.escape(Masking.value(of: field, secrets)))")
        }
        try console.print("")
        try console.print("\(HumanText.count(plan.body.count, "byte")) of body; nothing was sent")
    }

    private func show(
        _ response: ReplayResponse, _ plan: ReplayPlan, _ duration: Int64, _ console: Console
    ) throws {
        let status = console.styled("\(response.status)", response.isSuccess ? .green : .red)
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(plan.urlWithoutQuery)) → \(status) in \(duration) ms, "
                + "sent \(HumanText.count(plan.body.count, "byte")), received \(HumanText.count(response.bodyByteCount, "byte"))"
        )
        if (300..<400).contains(response.status) {
            let place =
                response.location.map {
                    " to \(TerminalText.escape(Masking.target($0, CallboxCommand.providers.secrets)))"
                } ?? ""
            console.note("redirect\(place) was not followed; send to the final URL")
        }
        guard response.bodyByteCount > 0 else { return }
        guard let (text, isCut) = response.text else { return console.note("the response is not text") }
        try console.print(TerminalText.escapeLines(text))
        if isCut { console.note("only the first \(HumanText.byteCount(Int64(text.utf8.count))) are shown") }
    }
}

// MARK: Several deliveries

extension ReplayCommand {
    private func replay(
        _ selection: DeliverySelection, _ access: ArchiveAccess, _ reader: ArchiveReader, _ console: Console
    ) async throws {
        if selection.prunedCount > 0 {
            let count = HumanText.count(selection.prunedCount, "delivery was", "deliveries were")
            console.note("\(count) left out: the bodies are pruned")
        }
        guard let first = selection.ids.first else { return console.note("no delivery to send") }
        // Also checks the URL.
        guard let plan = try ReplayPlan(for: first, in: reader, to: to) else { return }
        let target = TerminalText.escape(plan.urlWithoutQuery)
        guard yes else {
            for line in selection.table(on: console) { try console.print(line) }
            try console.print("\(selection.summary(on: console)), to \(target)")
            if dryRun { return console.note("nothing was sent; --yes sends them") }
            let count = HumanText.count(selection.ids.count, "delivery", "deliveries")
            throw CommandFailure(.usage, "this sends \(count) to \(target)", advice: "Add --yes to confirm.")
        }
        let summary = try await access.writing { session in
            try await send(selection.ids, reader, session, console)
        }
        try console.print(Self.text(summary, target))
        if summary.failureCount > 0 { throw ExitStatus.negative }
    }

    private func send(
        _ ids: [DeliveryID], _ reader: ArchiveReader, _ session: ArchiveSession, _ console: Console
    ) async throws -> BulkReplay.Summary {
        let sender = sender
        let replay = BulkReplay(
            send: { await sender.send($0) },
            plan: { [to] id in
                do {
                    return try ReplayPlan(for: id, in: reader, to: to)
                } catch ReplayError.noDelivery {
                    // Retention removed it meanwhile.
                    return nil
                }
            },
            record: { sent in
                try await session.append(.replay(ReplayRecord(sent.plan, sent.startedAt, sent.result)))
                guard let failure = sent.failure else { return }
                console.progress("")
                console.note("delivery \(sent.plan.deliveryID): \(failure)")
            }, interval: rate.flatMap(SendingRate.init)?.interval ?? .zero, concurrency: concurrency,
            failureLimit: maxFailures, now: SystemClock.now)
        var progress = TransferProgress("sent", of: ids.count, on: console)
        defer { progress.end() }
        do {
            return try await replay.run(ids) { progress.tell($0.sentCount, byteCount: $0.byteCount) }
        } catch is CancellationError {
            throw CommandFailure(.interrupted, "the replay was cancelled")
        }
    }

    static func text(_ summary: BulkReplay.Summary, _ target: String) -> String {
        var text = "sent \(HumanText.count(summary.sentCount, "delivery", "deliveries")) to \(target)"
        text += summary.failureCount == 0 ? ", all accepted" : ", \(summary.failureCount) failed"
        if summary.skippedCount > 0 { text += ", \(summary.skippedCount) skipped without a body" }
        if summary.leftCount > 0 { text += "; failure limit reached, \(summary.leftCount) not sent" }
        return text
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
