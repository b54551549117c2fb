package import CallboxConfiguration
internal import Deliveries
internal import Intake
internal import Journal
internal import Providers
internal import Redaction
package import ReportIndex
package import TerminalOutput

/// Explains how a delivery was processed: source, verification, clock, reports and their routes. If the body and the
/// secrets are available, the checks run again with the current configuration.
package struct DeliveryExplanation {
    let kept: KeptDelivery
    let reports: [DeliveredReport]
    let release: QuarantineRelease?
    let configuration: CallboxConfiguration
    let environment: [String: String]

    /// - Parameters:
    ///   - release: the release from the quarantine; nil if the delivery was accepted on arrival.
    ///   - environment: the environment with the secrets that the configuration names.
    package init(
        kept: KeptDelivery, reports: [DeliveredReport], release: QuarantineRelease?,
        configuration: CallboxConfiguration,
        environment: [String: String]
    ) {
        self.kept = kept
        self.reports = reports
        self.release = release
        self.configuration = configuration
        self.environment = environment
    }

    private var delivery: ArchivedDelivery { kept.delivery }

    /// The explanation in sections, wrapped to the width of a terminal.
    package func lines(on console: Console) -> [String] {
        let settings = configuration.sources.first { $0.name == delivery.source }
        var lines = [console.styled("Delivery \(delivery.id)", .bold) + "  \(delivery.uuid)"]
        func section(_ title: String, _ body: [String]) {
            lines += ["", console.styled(title, .bold)]
            let width = console.isTerminal ? console.width - 2 : .max
            lines += body.flatMap { TerminalWidth.wrapped(TerminalText.escape($0), to: width) }.map { "  " + $0 }
        }
        section("Source", sourceLines(settings))
        section("Verification", verificationLines(console) + [today(settings, console)].compactMap { $0 })
        section("Clock", clockLines(settings, console))
        // Parses the body again, because the index contains only a hash of the key that identifies repeats.
        let contents = kept.pruning == nil ? ReportParser(configuration).parse(delivery) : []
        for (position, delivered) in reports.enumerated() {
            let key = contents.indices.contains(position) ? contents[position].dedupeKey : nil
            section("Report", reportLines(delivered, key, settings, console))
        }
        return lines
    }

    private func sourceLines(_ settings: SourceSettings?) -> [String] {
        let request = delivery.request
        let target = "\(request.method) \(PersonalData.target(request.target.text, configuration.providers.secrets))"
        guard delivery.verification != .fetched else {
            return [
                "\(target), a request to the provider's API.",
                "Filed under source \(delivery.source)\(settings.map { ", provider \($0.provider.name)" } ?? "").",
            ]
        }
        return [
            "\(target) from \(request.peer)",
            settings.map { "Matched source \(delivery.source) at \($0.path), provider \($0.provider.name)." }
                ?? "Matched source \(delivery.source), which is no longer configured.",
        ]
    }

    private func verificationLines(_ console: Console) -> [String] {
        var lines: [String]
        switch delivery.verification {
        case .verified:
            let moment = release == nil ? "On arrival" : "On release from quarantine"
            lines = ["\(moment): verified by secret '\(delivery.secretName ?? "?")'."]
        case .unverified: lines = ["On arrival: accepted without verification."]
        case .fetched: return ["Fetched from the provider's API because of an earlier delivery or a link."]
        case .failed, .expired: lines = ["Accepted although verification failed."]
        }
        if let release {
            lines.append(
                "Released from quarantine (q\(release.quarantineID)) at \(console.time(release.releasedAt)); "
                    + "rejected because: \(release.reason).")
            if let reason = release.forcedBecause { lines.append("Released with --force: \(reason)") }
        }
        return lines
    }

    /// The result of verifying with the current configuration. Nil for a fetched delivery, because it has no sender.
    private func today(_ settings: SourceSettings?, _ console: Console) -> String? {
        guard delivery.verification != .fetched else { return nil }
        if let pruning = kept.pruning {
            return
                "Today: not checked, because the body was pruned\(pruning.moment(console)): \(pruning.reason)."
        }
        return Self.today(delivery.request, at: settings, environment)
    }

    /// The result of verifying with the current configuration, as of the time of arrival.
    static func today(
        _ request: InboundRequest, at settings: SourceSettings?, _ environment: [String: String]
    ) -> String {
        guard let settings else { return "Today: rejected, because the source is not configured." }
        let source: Source
        do throws(ConfigurationError) {
            guard let configured = try settings.source(environment: environment) else {
                let places = settings.secrets.map { "\($0.place)" }.joined(separator: ", ")
                return "Today: not checked, because the source's secret is not set in this shell (\(places))."
            }
            source = configured
        } catch {
            return "Today: not checked, \(error.message)."
        }
        switch source.provider.screen(request, redirects: source.redirects) {
        case .handshake(_, let event): return "Today: handled as '\(event)' and not archived."
        case .redirect: return "Today: accepted as a browser redirect, without verification."
        case .delivery: break
        }
        switch AuthenticDelivery.authenticate(request, at: source, checksCertificate: false) {
        case .authentic(let authentic):
            return authentic.secretName.map { "Today: verified by secret '\($0)'." }
                ?? "Today: accepted without verification."
        case .rejected(_, let reason): return "Today: rejected, \(reason)."
        }
    }

    private func clockLines(_ settings: SourceSettings?, _ console: Console) -> [String] {
        let arrival = "Received at \(console.time(delivery.request.receivedAt)) by this machine's clock."
        guard delivery.verification != .fetched else { return [arrival] }
        let headers = delivery.request.headers
        let ownTime = settings?.provider.descriptor.senderTime(in: headers)
        guard let sent = ownTime ?? configuration.providers.senderTime(in: headers) else {
            return [arrival, "The request contains no time from the sender."]
        }
        let seconds = delivery.request.receivedAt.milliseconds(since: sent.time) / 1000
        let offset =
            seconds == 0 ? "in the same second" : "\(seconds.magnitude) s \(seconds > 0 ? "earlier" : "later")"
        return [
            arrival,
            "The time in \(sent.header) is \(console.time(sent.time)), \(offset) "
                + "(\(sent.isSigned ? "signed" : "not signed")).",
        ]
    }

    private func reportLines(
        _ delivered: DeliveredReport, _ dedupeKey: String?, _ settings: SourceSettings?, _ console: Console
    ) -> [String] {
        let report = delivered.report
        var lines = ["Parsed as '\(report.type)' of \(report.provider)\(report.problem.map { "; \($0)" } ?? "")."]
        if let time = report.providerTime { lines.append("The provider's time is \(console.time(time)).") }
        let route = report.route.map { "topic \($0.topic) by rule '\($0.rule.rawValue)'" } ?? "no topic"
        lines.append("In the archive: \(route).")
        if let settings {
            let today = RouteExplanation.lines(type: report.type, in: settings).joined(separator: " ")
            lines.append("Today: \(today)")
        }
        if let dedupeKey { lines.append("Repeats are recognised by the key '\(dedupeKey)'.") }
        lines.append(
            "Attempt \(delivered.attemptNumber) of \(report.attemptCount)"
                + (delivered.attemptNumber > 1 ? "; the first is delivery \(report.deliveryID)." : "."))
        return lines
    }
}
