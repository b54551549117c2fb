internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import TerminalOutput

/// A delivery for `show`: the request, what it says, how often it was replayed.
struct DeliveryView {
    let delivery: ArchivedDelivery
    let reports: [DeliveredReport]
    let replays: [ReplayRecord]
    /// Newer news of the same link, case or person, if there is any.
    var newer: DeliveryID?
    /// When and why the body went.
    var pruning: BodyPruning?
    /// Of the body as it arrived; nil where it is there.
    var prunedBodyByteCount: Int?
    /// The part of the body that is shown; nil for all of it.
    var part: BodyPart?
    var isRevealed = false

    /// Lines of a body that a terminal gets without a pager; the rest is there for --body.
    static let bodyLineLimit = 400

    var requestView: RequestView {
        RequestView(
            request: delivery.request, bodySHA256: delivery.bodySHA256, bodyByteCount: prunedBodyByteCount,
            isRevealed: isRevealed)
    }

    /// Line by line, so that a large body is never laid out as a whole.
    ///
    /// - Parameter bodyLineLimit: nil for all of the body.
    func write(on console: Console, bodyLineLimit: Int?, _ line: (String) throws -> Void) rethrows {
        try line(console.styled("Delivery \(delivery.id)", .bold) + "  \(delivery.uuid)")
        var lines = requestView.overviewLines(source: delivery.source, origin: "  origin    \(origin(console))")
        for report in reports { lines += reportLines(report, console) }
        if let newer { lines += ["", "There is newer news of the same: callbox show \(newer)"] }
        lines += requestView.headerSection(console)
        if !replays.isEmpty { lines += ["", console.styled("Replays", .bold)] + replays.map { "  " + Self.line($0) } }
        for text in lines { try line(text) }
        try writeBody(on: console, limit: bodyLineLimit, line)
    }

    /// The headers alone.
    var headerLines: [String] {
        requestView.headerLines
    }

    private func writeBody(on console: Console, limit: Int?, _ line: (String) throws -> Void) rethrows {
        let title = console.styled("Body", .bold)
        if let pruning {
            try line("")
            try line(title)
            try line(
                "  gone: retention took it at \(pruning.prunedAt.rfc3339), \(TerminalText.escape(pruning.reason))")
        } else if !(part?.bytes ?? delivery.request.body).isEmpty {
            try line("")
            try line(title + (part.map { ", part \($0.number) of \($0.count)" } ?? ""))
            try writePart(on: console, limit: limit, line)
        }
    }

    /// The body, or the part of it, alone.
    func writePart(on console: Console, limit: Int?, _ line: (String) throws -> Void) rethrows {
        let command = "callbox show \(delivery.id) --body" + (part.map { " --part \($0.number)" } ?? "")
        try requestView.writeBody(part: part, on: console, limit: limit, rest: command, line)
    }

    private func origin(_ console: Console) -> String {
        switch delivery.verification {
        case .verified:
            console.styled("verified", .green) + " by secret \(TerminalText.escape(delivery.secretName ?? "?"))"
        case .unverified: "unverified: nothing was there to check it with"
        case .fetched: "fetched: asked for at the provider's API by us"
        case .failed, .expired: console.styled(delivery.verification.rawValue, .red) + ": let in unproved"
        }
    }

    private func reportLines(_ delivered: DeliveredReport, _ console: Console) -> [String] {
        let report = delivered.report
        let route = report.route.map { "topic \($0.topic) by rule '\($0.rule.rawValue)'" } ?? "no route took it"
        var lines = [
            "",
            console.styled("Report", .bold) + " " + console.styled(TerminalText.escape(report.type), .cyan)
                + TerminalText.escape(" of \(report.provider), \(route)"),
            "  attempt   \(delivered.attemptNumber) of \(report.attemptCount)"
                + (delivered.attemptNumber > 1 ? ", first came as delivery \(report.deliveryID)" : ""),
        ]
        if report.route == nil { lines.append("  route     none; 'callbox explain \(delivery.id)' says why") }
        if let time = report.providerTime { lines.append("  time      \(time.rfc3339), as the provider says") }
        if let problem = report.problem { lines.append("  problem   \(TerminalText.escape(problem))") }
        if let externalInfo = report.externalInfo {
            let view = BodyView(bytes: Array(externalInfo.utf8), isRevealed: isRevealed, command: "")
            var prefix = "  externalInfo "
            view.forEachLine(on: console) { line in
                lines.append(prefix + line)
                prefix = "  "
            }
        }
        for field in delivered.fields where !field.name.hasPrefix("externalInfo.") {
            let value = isRevealed ? field.value : PersonalData.shown(field.value, name: field.name)
            lines.append("  \(TerminalText.escape(field.name)) = \(TerminalText.escape(value))")
        }
        return lines
    }

    private static func line(_ replay: ReplayRecord) -> String {
        let place = "\(HumanText.time(replay.startedAt))  \(TerminalText.escape(replay.url))  "
        switch replay.outcome {
        case .responded(let status, let byteCount, _):
            return place + "\(status), \(HumanText.byteCount(Int64(byteCount))) in \(replay.durationMilliseconds) ms"
        case .failed(let text):
            return place + TerminalText.escape(text)
        }
    }
}
