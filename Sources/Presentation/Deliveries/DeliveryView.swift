internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import TerminalOutput

/// A delivery as `show` writes it.
struct DeliveryView {
    let delivery: ArchivedDelivery
    let reports: [DeliveredReport]
    let replays: [ReplayRecord]
    let secrets: ProviderSecrets
    /// The delivery with a newer report of the same link, case or person; nil if there is none.
    var newer: DeliveryID?
    var pruning: BodyPruning?
    /// The original length of a pruned body; nil if the body is kept.
    var prunedBodyByteCount: Int?
    /// The element of the body to show; nil for the whole body.
    var part: BodyPart?
    var isRevealed = false

    /// The maximum number of lines of a body to show without a pager.
    static let bodyLineLimit = 400

    var requestView: RequestView {
        RequestView(
            request: delivery.request, bodySHA256: delivery.bodySHA256, secrets: secrets,
            bodyByteCount: prunedBodyByteCount, isRevealed: isRevealed)
    }

    /// Writes the delivery line by line, so memory use does not depend on the length of the body.
    ///
    /// - Parameter bodyLineLimit: the maximum number of lines of the body; nil for all.
    func write(on console: Console, bodyLineLimit: Int?, _ line: (String) throws -> Void) rethrows {
        try line(console.styled("Delivery \(delivery.id)", .bold) + "  \(delivery.uuid)")
        var lines = requestView.overviewLines(
            source: delivery.source, verification: ("verification", verification(console)), on: console)
        for report in reports { lines += reportLines(report, console) }
        if let newer { lines += ["", "A newer report of the same link, case or person: callbox show \(newer)"] }
        lines += requestView.headerSection(console)
        if !replays.isEmpty {
            lines += ["", console.styled("Replays", .bold)] + replays.map { "  " + Self.line($0, console) }
        }
        for text in lines { try line(text) }
        try writeBody(on: console, limit: bodyLineLimit, line)
    }

    var headerLines: [String] {
        requestView.headerLines
    }

    private func writeBody(on console: Console, limit: Int?, _ line: (String) throws -> Void) rethrows {
        let title = console.styled("Body", .bold)
        if let pruning {
            try line("")
            try line(title)
            try line("  pruned\(pruning.moment(console)): \(TerminalText.escape(pruning.reason))")
        } else if !(part?.bytes ?? delivery.request.body).isEmpty {
            try line("")
            try line(title + (part.map { ", part \($0.number) of \($0.count)" } ?? ""))
            try writePart(on: console, limit: limit, line)
        }
    }

    /// Writes only the body, or the element `part`.
    func writePart(on console: Console, limit: Int?, _ line: (String) throws -> Void) rethrows {
        let command = "callbox show \(delivery.id) --body" + (part.map { " --part \($0.number)" } ?? "")
        try requestView.writeBody(part: part, on: console, limit: limit, rest: command, line)
    }

    private func verification(_ console: Console) -> String {
        switch delivery.verification {
        case .verified:
            console.styled("verified", .green) + " by secret \(TerminalText.escape(delivery.secretName ?? "?"))"
        case .unverified: "unverified"
        case .fetched: "fetched from the provider's API"
        case .failed, .expired:
            console.styled(delivery.verification.rawValue, .red) + ": released from quarantine with --force"
        }
    }

    private func reportLines(_ delivered: DeliveredReport, _ console: Console) -> [String] {
        let report = delivered.report
        let route = report.route.map { "topic \($0.topic) by rule '\($0.rule.rawValue)'" } ?? "no route"
        var lines = [
            "",
            console.styled("Report", .bold) + " " + console.styled(TerminalText.escape(report.type), .cyan)
                + TerminalText.escape(" of \(report.provider), \(route)"),
            "  attempt   \(delivered.attemptNumber) of \(report.attemptCount)"
                + (delivered.attemptNumber > 1 ? ", the first is delivery \(report.deliveryID)" : ""),
        ]
        if report.route == nil { lines.append("  route     none; run 'callbox show \(delivery.id) --why'") }
        if let time = report.providerTime { lines.append("  time      \(console.time(time)) (provider)") }
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

    private static func line(_ replay: ReplayRecord, _ console: Console) -> String {
        let place =
            "\(console.time(replay.startedAt))  \(TerminalText.escape(replay.url))  "
            + (replay.changes.isEmpty ? "" : "changed, ")
        switch replay.outcome {
        case .responded(let status, let byteCount, _):
            return place + "\(status), \(HumanText.byteCount(Int64(byteCount))) in \(replay.durationMilliseconds) ms"
        case .failed(let text):
            return place + TerminalText.escape(text)
        }
    }
}

extension BodyPruning {
    /// Text such as ` at 2026-01-02T03:04:05Z`; empty if the time is not known yet.
    func moment(_ console: Console) -> String {
        prunedAt.map { " at \(console.time($0))" } ?? ""
    }
}
