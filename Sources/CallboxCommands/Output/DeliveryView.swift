internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// A delivery for `show`: the request, what it says, how often it was replayed.
struct DeliveryView {
    let delivery: ArchivedDelivery
    let reports: [DeliveredReport]
    let replays: [ReplayRecord]
    /// Newer news of the same link, case or person, if there is any.
    var newer: DeliveryID?
    var revealsCredentials = false

    private var requestView: RequestView {
        RequestView(
            request: delivery.request, bodySHA256: delivery.bodySHA256, revealsCredentials: revealsCredentials)
    }

    var json: JSONText {
        let request = delivery.request
        return .object([
            .init("id", .integer(delivery.id.rawValue)), .init("uuid", .string("\(delivery.uuid)")),
            .init("receivedAt", .string(request.receivedAt.rfc3339)), .init("source", .string(delivery.source)),
            .init("method", .string(request.method)), .init("target", .string(requestView.target)),
            .init("peer", .string(request.peer)), .init("verification", .string(delivery.verification.rawValue)),
            .init("secret", .optional(delivery.secretName)), .init("bodyBytes", .integer(Int64(request.body.count))),
            .init("bodySHA256", .string(Hex.encode(delivery.bodySHA256))),
            .init(
                "headers",
                .array(request.headers.fields.map { .array([.string($0.name), .string(requestView.value(of: $0))]) })),
            .init("reports", .array(reports.map(Self.json))), .init("replays", .array(replays.map(Self.json))),
            .init("body", bodyJSON),
        ])
    }

    /// JSON as it is; other text as a string; anything else is left to --body.
    private var bodyJSON: JSONText {
        let body = delivery.request.body
        if body.isEmpty { return .null }
        if (try? JSONDocument(parsing: body)) != nil, let text = String(validating: body, as: UTF8.self) {
            return .raw(text)
        }
        return .optional(String(validating: body, as: UTF8.self))
    }

    static func json(_ delivered: DeliveredReport) -> JSONText {
        let report = delivered.report
        return .object([
            .init("ordinal", .integer(Int64(report.ordinal))), .init("provider", .string(report.provider)),
            .init("kind", .string(report.kind)), .init("rule", .optional(report.route?.rule.rawValue)),
            .init("box", .optional(report.route?.box)), .init("attempt", .integer(Int64(delivered.attemptNumber))),
            .init("attempts", .integer(Int64(report.attemptCount))),
            .init("firstId", .integer(report.deliveryID.rawValue)),
            .init("providerTime", .optional(report.providerTime?.rfc3339)),
            .init("externalInfo", report.externalInfo.map { .raw($0) } ?? .null),
            .init(
                "fields",
                .array(
                    delivered.fields.map {
                        .object([.init("name", .string($0.name)), .init("value", .string($0.value))])
                    })),
            .init("problem", .optional(report.problem)),
        ])
    }

    private static func json(_ replay: ReplayRecord) -> JSONText {
        var members: [JSONText.Member] = [
            .init("startedAt", .string(replay.startedAt.rfc3339)), .init("url", .string(replay.url)),
            .init("durationMilliseconds", .integer(replay.durationMilliseconds)),
        ]
        switch replay.outcome {
        case .answered(let status, let byteCount, let sha256):
            members.append(.init("status", .integer(Int64(status))))
            members.append(.init("responseBytes", .integer(Int64(byteCount))))
            members.append(.init("responseSHA256", .string(Hex.encode(sha256))))
        case .failed(let text):
            members.append(.init("failure", .string(text)))
        }
        return .object(members)
    }

    func lines(on console: Console) -> [String] {
        var lines = [console.styled("Delivery \(delivery.id)", .bold) + "  \(delivery.uuid)"]
        lines += requestView.overviewLines(source: delivery.source, origin: "  origin    \(origin(console))")
        for report in reports { lines += reportLines(report, console) }
        if let newer { lines += ["", "There is newer news of the same: callbox show \(newer)"] }
        lines += requestView.headerLines(console)
        if !replays.isEmpty { lines += ["", console.styled("Replays", .bold)] + replays.map { "  " + Self.line($0) } }
        return lines + requestView.bodyLines(console, rest: "callbox show \(delivery.id) --body")
    }

    private func origin(_ console: Console) -> String {
        switch delivery.verification {
        case .verified:
            console.styled("verified", .green) + " by secret \(TerminalText.escape(delivery.secretName ?? "?"))"
        case .unattempted: "unattempted: nothing was there to check it with"
        case .fetched: "fetched: asked for at the provider's API by us"
        case .failed, .stale: console.styled(delivery.verification.rawValue, .red) + ": let in unproved"
        }
    }

    private func reportLines(_ delivered: DeliveredReport, _ console: Console) -> [String] {
        let report = delivered.report
        let route = report.route.map { "box \($0.box) by rule '\($0.rule.rawValue)'" } ?? "no route took it"
        var lines = [
            "",
            console.styled("Report", .bold) + " " + console.styled(TerminalText.escape(report.kind), .cyan)
                + TerminalText.escape(" of \(report.provider), \(route)"),
            "  attempt   \(delivered.attemptNumber) of \(report.attemptCount)"
                + (delivered.attemptNumber > 1 ? ", first came as delivery \(report.deliveryID)" : ""),
        ]
        if let time = report.providerTime { lines.append("  time      \(time.rfc3339), as the provider says") }
        if let problem = report.problem { lines.append("  problem   \(TerminalText.escape(problem))") }
        if let externalInfo = report.externalInfo, let document = try? JSONDocument(parsing: Array(externalInfo.utf8)) {
            let text = TerminalText.escapeLines(JSONPrettyPrinter.print(document)).replacing("\n", with: "\n  ")
            lines.append("  externalInfo " + text)
        }
        let others = delivered.fields.filter { !$0.name.hasPrefix("externalInfo.") }
        lines += others.map { "  \(TerminalText.escape($0.name)) = \(TerminalText.escape($0.value))" }
        return lines
    }

    private static func line(_ replay: ReplayRecord) -> String {
        let place = "\(HumanText.time(replay.startedAt))  \(TerminalText.escape(replay.url))  "
        switch replay.outcome {
        case .answered(let status, let byteCount, _):
            return place + "\(status), \(HumanText.byteCount(Int64(byteCount))) in \(replay.durationMilliseconds) ms"
        case .failed(let text):
            return place + TerminalText.escape(text)
        }
    }
}
