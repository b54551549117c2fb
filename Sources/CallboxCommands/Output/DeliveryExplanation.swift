internal import CallboxConfiguration
internal import Deliveries
internal import Intake
internal import Journal
internal import Providers
internal import Redaction
internal import ReportIndex
internal import TerminalOutput

/// Every decision on a delivery, in the order it was made.
struct DeliveryExplanation {
    let delivery: ArchivedDelivery
    let reports: [DeliveredReport]
    let promotion: Promotion?
    let configuration: CallboxConfiguration
    let environment: [String: String]

    func lines(on console: Console) -> [String] {
        let settings = configuration.sources.first { $0.name == delivery.source }
        var lines = [console.styled("Delivery \(delivery.id)", .bold) + "  \(delivery.uuid)"]
        lines += section("Source", sourceLines(settings), console)
        lines += section("Sender", senderLines(settings), console)
        lines += section("Clock", clockLines(settings), console)
        // Read anew, for the archive keeps a hash only of what a repeat is known by.
        let contents = ReportParser(configuration).parse(delivery)
        for (position, delivered) in reports.enumerated() {
            let key = contents.indices.contains(position) ? contents[position].dedupeKey : nil
            lines += section("Report", reportLines(delivered, key, settings), console)
        }
        return lines
    }

    private func section(_ title: String, _ body: [String], _ console: Console) -> [String] {
        ["", console.styled(title, .bold)] + body.map { "  " + TerminalText.escape($0) }
    }

    private func sourceLines(_ settings: SourceSettings?) -> [String] {
        let request = delivery.request
        let came = "\(request.method) \(PersonalData.target(request.target.text)) from \(request.peer)"
        guard let settings else { return [came, "Source \(delivery.source) took it; it is not configured any more."] }
        if delivery.verification == .fetched {
            return [
                "\(request.method) \(PersonalData.target(request.target.text)) at the provider's API.",
                "Source \(delivery.source) takes in what is fetched, for provider \(settings.provider.name).",
            ]
        }
        return [
            came,
            "Source \(delivery.source) takes everything at \(settings.path), for provider \(settings.provider.name).",
        ]
    }

    private func senderLines(_ settings: SourceSettings?) -> [String] {
        var lines: [String]
        switch delivery.verification {
        case .verified:
            let moment = promotion == nil ? "On arrival" : "When it was promoted"
            lines = ["\(moment): verified by secret '\(delivery.secretName ?? "?")'."]
        case .unverified: lines = ["On arrival: let in without a check."]
        case .fetched:
            // Nobody sent it, so no secret of today has anything to say of it.
            return ["Fetched from the provider's API by us, because of an earlier delivery or a link."]
        case .failed, .expired: lines = ["Let in although nothing proved it."]
        }
        if let promotion {
            lines.append(
                "It came out of the quarantine (\(promotion.quarantineID)) at \(promotion.promotedAt.rfc3339); it had been rejected: \(promotion.reason)."
            )
            if let reason = promotion.forcedBecause { lines.append("It was forced: \(reason)") }
        }
        return lines + [today(settings)]
    }

    /// What today's configuration would say of it.
    private func today(_ settings: SourceSettings?) -> String {
        guard let settings else { return "Today: the source is not configured, so nothing like it would get in." }
        let source: Source
        do throws(ConfigurationError) {
            guard let read = try settings.source(environment: environment) else {
                return "Today: not checked, because its secret is not set in this shell."
            }
            source = read
        } catch {
            return "Today: not checked, \(error.message)."
        }
        switch source.provider.screen(delivery.request, redirects: source.redirects) {
        case .handshake(_, let event): return "Today: answered as '\(event)' and not archived."
        case .redirect: return "Today: a browser redirect, archived without a check."
        case .delivery: break
        }
        switch AuthenticDelivery.authenticate(delivery.request, at: source) {
        case .authentic(let authentic):
            return authentic.secretName.map { "Today: verified by secret '\($0)'." } ?? "Today: let in unchecked."
        case .rejected(_, let reason): return "Today: rejected, \(reason)."
        }
    }

    private func clockLines(_ settings: SourceSettings?) -> [String] {
        let arrival = "Received \(delivery.request.receivedAt.rfc3339) by this machine's clock."
        if delivery.verification == .fetched { return [arrival] }
        let headers = delivery.request.headers
        let ownHint = settings?.provider.descriptor.senderTime(in: headers)
        guard let hint = ownHint ?? configuration.providers.senderTime(in: headers) else {
            return [arrival, "The sender gave no time of sending."]
        }
        let seconds = delivery.request.receivedAt.milliseconds(since: hint.time) / 1000
        let offset =
            seconds == 0 ? "the same second" : "\(seconds.magnitude) s \(seconds > 0 ? "before" : "after") that"
        return [
            arrival,
            "\(hint.header) says \(hint.time.rfc3339), \(offset); it is \(hint.isSigned ? "signed" : "not signed, so a hint").",
        ]
    }

    private func reportLines(_ delivered: DeliveredReport, _ dedupeKey: String?, _ settings: SourceSettings?)
        -> [String]
    {
        let report = delivered.report
        var lines = ["Read as '\(report.type)' of \(report.provider)\(report.problem.map { "; \($0)" } ?? "")."]
        if let time = report.providerTime { lines.append("The provider dates it \(time.rfc3339).") }
        if let settings { lines += RouteExplanation.lines(type: report.type, in: settings) }
        let filed = report.route.map { "topic \($0.topic) by rule '\($0.rule.rawValue)'" } ?? "no topic"
        lines.append("Filed in the archive: \(filed).")
        if let dedupeKey { lines.append("A repeat is known by '\(dedupeKey)'.") }
        lines.append(
            "Attempt \(delivered.attemptNumber) of \(report.attemptCount)"
                + (delivered.attemptNumber > 1 ? "; it came first as delivery \(report.deliveryID)." : "."))
        return lines
    }
}
