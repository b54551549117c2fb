package import Analysis
package import Deliveries
package import Journal
package import Redaction
package import Replay
package import ReportIndex
internal import StrictJSON
package import TerminalOutput

extension ReplayRun {
    /// The state of the run; `interrupted` if the run was killed on this machine.
    fileprivate func stateText(_ folder: RunFolder) -> String {
        folder.isInterrupted(state) ? "interrupted" : state.rawValue
    }

    /// The columns of `replay runs`.
    package static func members(in directory: ArchiveDirectory) -> [RowMember<ReplayRun>] {
        [
            .init("run", .number("RUN"), .bold) { .integer($0.id) },
            .time("startedAt", .text("STARTED")) { $0.record.startedAt },
            .init("state", .text("STATE")) {
                .string($0.stateText(RunFolder(directory, run: $0.id)))
            } cell: {
                .init($0.stateText(RunFolder(directory, run: $0.id)), $0.state == .ended ? .green : .yellow)
            },
            .init("sent", .number("SENT")) { .integer(Int64($0.sentCount)) },
            .init("items", .number("OF")) { .integer(Int64($0.record.itemCount)) },
            .init("url", .text("TARGET", shortest: 16)) { .string($0.record.url) },
            .init("options", .text("OPTIONS", shortest: 10, leavesAs: 1)) { .string($0.record.options) },
            .init("deliveries") { .integer(Int64($0.record.deliveryCount)) },
            .init("bytes") { .integer($0.record.byteCount) },
            .init("changedAt", time: { $0.changedAt }),
        ]
    }
}

extension ReplayRecord {
    /// The columns of the results of a run.
    package static func resultMembers(_ expected: ExpectedStatuses) -> [RowMember<ReplayRecord>] {
        [
            .init("item", .number("ITEM")) { .integer(Int64($0.place?.item ?? 0)) },
            .init("delivery", .number("DELIVERY"), .bold) { .integer($0.deliveryID.rawValue) },
            .time("startedAt", .text("TIME", leavesAs: 1)) { $0.startedAt },
            .init("status") { $0.status.map { .integer(Int64($0)) } ?? .null },
            .init("failure") { .optional($0.failureText) },
            .onlyTable(.text("RESULT", shortest: 12)) {
                .init($0.failureText ?? $0.status.map(String.init) ?? "-", expected.accepts($0) ? .green : .red)
            },
            .init("durationMilliseconds", .number("MS")) { .integer($0.durationMilliseconds) },
            .init("responseBytes", .number("BYTES")) { $0.responseByteCount.map { .integer(Int64($0)) } ?? .null },
            .init("changes") {
                .array($0.changes.map { .string($0) })
            },
            .init("sentAgain") { .boolean($0.place?.isSentAgain ?? false) },
            .onlyTable(.text("NOTE", shortest: 8, leavesAs: 2)) {
                let notes = ($0.place?.isSentAgain == true ? ["may have arrived twice"] : []) + $0.changes
                return .init(notes.joined(separator: ", "), .dim)
            },
        ]
    }

    private var status: Int? {
        if case .responded(let status, _, _) = outcome { status } else { nil }
    }

    private var responseByteCount: Int? {
        if case .responded(_, let byteCount, _) = outcome { byteCount } else { nil }
    }

    private var failureText: String? {
        if case .failed(let reason) = outcome { reason } else { nil }
    }
}

/// A run and its totals.
package struct RunView {
    private let run: ReplayRun
    private var summary = RunSummary()
    private let expected: ExpectedStatuses

    package init(_ run: ReplayRun, _ expected: ExpectedStatuses) {
        self.run = run
        self.expected = expected
    }

    package mutating func add(_ record: ReplayRecord) {
        summary.add(record, expected)
    }

    /// - Parameter folder: the folder of the run. It contains the plan if the run was started on this machine.
    package func lines(_ folder: RunFolder, on console: Console) -> [String] {
        let record = run.record
        let size =
            "\(HumanText.count(record.deliveryCount, "delivery", "deliveries")), "
            + HumanText.byteCount(record.byteCount)
        var lines = [
            console.styled("Run \(run.id)", .bold) + "  \(run.stateText(folder)) \(console.time(run.changedAt))",
            "  target   \(TerminalText.escape(record.url))",
            "  started  \(console.time(record.startedAt))",
            "  plan     \(size)" + (record.options.isEmpty ? "" : "; \(TerminalText.escape(record.options))"),
            "  sent     \(run.sentCount) of \(record.itemCount), \(summary.failureCount) failed",
        ]
        let times = [50, 90, 99, 100].compactMap { percentile in
            summary.duration(percentile: percentile).map { "\(percentile == 100 ? "max" : "p\(percentile)") \($0) ms" }
        }
        if !times.isEmpty { lines.append("  times    \(times.joined(separator: ", "))") }
        lines += RunSummaryView.failures(summary)
        if folder.canContinue, run.state != .ended {
            lines.append("  Continue with: callbox replay --resume \(run.id)")
        }
        return lines
    }
}

/// The summary of a replay command.
package enum RunSummaryView {
    /// - Parameter run: the ID of the run; nil if the run cannot be resumed.
    package static func lines(_ summary: RunSummary, run: Int64?, target: String) -> [String] {
        var text = "sent \(HumanText.count(summary.sentCount, "delivery", "deliveries")) to \(target)"
        if summary.failureCount > 0 {
            text += ", \(summary.failureCount) failed"
        } else if summary.sentCount > 0 {
            text += ", all accepted"
        }
        if summary.skippedCount > 0 { text += ", \(summary.skippedCount) skipped (no body)" }
        if summary.droppedCount > 0 { text += ", \(summary.droppedCount) dropped by a fault" }
        if let median = summary.duration(percentile: 50), let tail = summary.duration(percentile: 99) {
            text += "; p50 \(median) ms, p99 \(tail) ms"
        }
        if let late = summary.lateness(percentile: 99) {
            text += "; started within \(HumanText.milliseconds(microseconds: late)) of their scheduled times (p99)"
        }
        var lines = [text] + failures(summary)
        if summary.leftCount > 0 {
            let reason = summary.isInterrupted ? "paused" : "failure limit reached"
            let left = [
                (summary.abandonedCount, HumanText.count(summary.abandonedCount, "request") + " without a response"),
                (summary.leftCount - summary.abandonedCount, "\(summary.leftCount - summary.abandonedCount) not sent"),
            ].filter { $0.0 > 0 }.map(\.1).joined(separator: " and ")
            let next = run.map { "; continue with: callbox replay --resume \($0)" } ?? ""
            lines.append("\(reason), \(left)\(next)")
        }
        return lines
    }

    /// The failures by cause, most frequent first.
    static func failures(_ summary: RunSummary) -> [String] {
        summary.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "  \($0.value) × \(TerminalText.escape($0.key))" }
    }
}

/// The response to one delivery.
package struct RunResponseView {
    private let response: RunResponse
    private let expected: ExpectedStatuses
    private let secrets: ProviderSecrets

    package init(_ response: RunResponse, _ expected: ExpectedStatuses, _ secrets: ProviderSecrets) {
        self.response = response
        self.expected = expected
        self.secrets = secrets
    }

    /// Writes a line such as `POST http://… → 200 in 12 ms, received 2 bytes`, and the body.
    ///
    /// - Parameters:
    ///   - sentByteCount: the length of the sent body; nil if unknown.
    ///   - isWhole: whether to also show the headers, the change to the sent body, and the whole kept body.
    package func write(sentByteCount: Int? = nil, isWhole: Bool = false, on console: Console) throws {
        let place = "\(TerminalText.escape(response.method)) \(TerminalText.escape(response.url))"
        guard case .responded(let status, let byteCount, _) = response.outcome else {
            return try console.print("\(place): \(TerminalText.escape(response.resultText))")
        }
        let sent = sentByteCount.map { "sent \(HumanText.count($0, "byte")), " } ?? ""
        let result = console.styled("\(status)", expected.contains(status) ? .green : .red)
        try console.print(
            "\(place) → \(result) in \(response.durationMilliseconds) ms, \(sent)received "
                + HumanText.count(byteCount, "byte"))
        if (300..<400).contains(status) {
            let location = response.content?.headers.first { $0.name.matchesIgnoringASCIICase("Location") }?.value
            let place = location.map { " to \(TerminalText.escape(PersonalData.target($0, secrets)))" } ?? ""
            console.note("redirect\(place) was not followed; send to the final URL")
        }
        if isWhole {
            for line in response.content?.difference ?? [] { try console.print(TerminalText.escape(line)) }
            for field in response.content?.headers ?? [] {
                try console.print(console.styled(field.maskedLine(secrets), .dim))
            }
        }
        guard byteCount > 0 else { return }
        guard let content = response.content else { return console.note("the response body was not stored") }
        guard let text = content.text else { return console.note("the response body is not text") }
        let limit = isWhole ? RunResponse.Content.bodyByteCountLimit : ReplayResponse.shownByteCount
        let shown = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
        try console.print(TerminalText.escapeLines(shown))
        if content.isCut || text.utf8.count > limit {
            console.note("only the first \(HumanText.byteCount(Int64(shown.utf8.count))) are shown")
        }
    }
}

/// A difference between the responses of two runs, as a row.
package enum RunDifferenceRow {
    package typealias Row = (delivery: DeliveryID, difference: RunComparison.Difference)

    package static func members(masks: Bool) -> [RowMember<Row>] {
        let ofJSON = DiffRow.members(masks: masks)
        func value(_ row: Row, _ name: String) -> JSONText {
            switch row.difference {
            case .json(let difference): ofJSON.first { $0.name == name }?.value(difference) ?? .null
            case .result(let before, let after):
                ["path": .null, "change": .string("result"), "before": .string(before), "after": .string(after)][name]
                    ?? .null
            case .body: name == "change" ? .string("body") : .null
            case .missing(let isFirst):
                name == "change" ? .string(isFirst ? "only in the first run" : "only in the second run") : .null
            }
        }
        return [.init("delivery") { .integer($0.delivery.rawValue) }]
            + ["path", "change", "before", "after"].map { name in .init(name) { value($0, name) } }
    }

    package static func line(_ row: Row, on console: Console) -> String {
        let text =
            switch row.difference {
            case .json(let difference): DiffRow.line(difference, on: console)
            case .result(let before, let after):
                console.styled("~ result", .yellow) + "  \(TerminalText.escape(before)) → \(TerminalText.escape(after))"
            case .body: console.styled("~ body", .yellow) + "  the bytes differ"
            case .missing(let isFirst): console.styled("! only in the \(isFirst ? "first" : "second") run", .yellow)
            }
        return "delivery \(row.delivery)  \(text)"
    }

    /// Prints the differences between two runs, and the totals.
    ///
    /// - Returns: true if there are differences.
    package static func print(
        _ first: RunFolder, _ second: RunFolder, _ ignored: [IgnoredPath], _ format: OutputFormat, on console: Console
    ) throws -> Bool {
        var listing = RowListing(format, on: console, members(masks: console.isTerminal))
        let totals = try RunComparison(ignoring: ignored).forEachDifference(first, second) { id, difference in
            guard format == .table else { return try listing.add((id, difference)) }
            try console.print(line((id, difference), on: console))
        }
        try listing.finish()
        for line in lines(totals) { format == .table ? try console.print(line) : console.note(line) }
        return totals.isDifferent
    }

    /// The totals, including the response times of both runs.
    package static func lines(_ totals: RunComparison.Totals) -> [String] {
        let times = totals.times.map { summary -> String in
            guard let median = summary.duration(percentile: 50), let tail = summary.duration(percentile: 99) else {
                return "no response"
            }
            return "p50 \(median) ms, p99 \(tail) ms"
        }
        let ignored = totals.ignoredCount > 0 ? ", \(HumanText.count(totals.ignoredCount, "difference")) ignored" : ""
        return [
            "compared \(HumanText.count(totals.comparedCount, "pair")) of responses: "
                + (totals.isDifferent ? "\(totals.differentCount) differ" : "no difference") + ignored,
            "times: first run \(times[0]); second run \(times[1])",
        ]
    }
}
