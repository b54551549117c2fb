package import CallboxConfiguration
internal import Deliveries
internal import Journal
package import Providers
package import Quarantine
internal import Redaction
internal import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// A rejected delivery on a terminal.
package enum QuarantineView {
    /// The reason for the rejection, and the result of checking the delivery with the current configuration.
    ///
    /// - Parameter environment: the environment with the secrets that the configuration names.
    package static func reasons(
        _ entry: QuarantineEntry, _ configuration: CallboxConfiguration, _ environment: [String: String],
        on console: Console
    ) -> [String] {
        let delivery = entry.delivery
        let settings = configuration.sources.first { $0.name == delivery.source }
        let lines = [
            "On arrival at \(console.time(delivery.request.receivedAt)): \(delivery.verification.rawValue), "
                + "\(delivery.reason).",
            DeliveryExplanation.today(delivery.request, at: settings, environment),
            "'callbox quarantine release q\(entry.id)' verifies it again and archives it if the signature is valid.",
        ]
        let width = console.isTerminal ? console.width - 2 : .max
        return [console.styled("Rejected delivery q\(entry.id)", .bold) + "  \(delivery.uuid)", ""]
            + lines.flatMap { TerminalWidth.wrapped(TerminalText.escape($0), to: width) }.map { "  " + $0 }
    }

    /// Passes the lines to `line` one by one, so memory use does not depend on the length of the body.
    ///
    /// - Parameter cutsBody: whether to cut a long body, as for output without a pager.
    package static func write(
        _ entry: QuarantineEntry, _ providers: ProviderCatalog, isRevealed: Bool = false, on console: Console,
        cutsBody: Bool = true, _ line: (String) throws -> Void
    ) rethrows {
        let delivery = entry.delivery
        let view = RequestView(
            request: delivery.request, bodySHA256: delivery.bodySHA256, secrets: providers.secrets,
            isRevealed: isRevealed)
        let verdict = console.styled(delivery.verification.rawValue, .red)
        let lines =
            [console.styled("Rejected delivery q\(entry.id)", .bold) + "  \(delivery.uuid)"]
            + view.overviewLines(
                source: delivery.source,
                verification: ("rejected", "\(verdict): \(TerminalText.escape(delivery.reason))"), on: console)
            + view.headerSection(console)
        for text in lines { try line(text) }
        guard !delivery.request.body.isEmpty else { return }
        try line("")
        try line(console.styled("Body", .bold))
        try view.writeBody(
            on: console, limit: cutsBody ? DeliveryView.bodyLineLimit : nil,
            rest: "callbox quarantine show q\(entry.id) --body", line)
    }
}

extension QuarantineEntry {
    /// The columns of `quarantine list`.
    ///
    /// - Parameter masks: whether JSON and CSV mask personal data, as tables do.
    package static func members(
        _ providers: ProviderCatalog, masks: Bool = false
    ) -> [RowMember<QuarantineEntry>] {
        let secrets = providers.secrets
        return [
            .init("id", .number("ID")) {
                .integer($0.id.rawValue)
            } cell: {
                .init("q\($0.id)", .bold)
            },
            .time("receivedAt", .text("RECEIVED", leavesAs: 4)) { $0.delivery.request.receivedAt },
            .init("source", .text("SOURCE", shortest: 8, leavesAs: 5)) { .string($0.delivery.source) },
            .init("method") { .string($0.delivery.request.method) },
            .init("target", .text("TARGET", shortest: 12, leavesAs: 2)) {
                let target = $0.delivery.request.target.text
                return .string(masks ? PersonalData.target(target, secrets) : Masking.target(target, secrets))
            } cell: {
                .init(PersonalData.target($0.delivery.request.target.text, secrets))
            },
            .init("peer", .text("PEER", leavesAs: 3)) { .string($0.delivery.request.peer) },
            .init("verification") { .string($0.delivery.verification.rawValue) },
            .init("reason", .text("REASON"), .red) { .string($0.delivery.reason) },
            .init("bodyBytes", .number("SIZE", leavesAs: 1)) {
                .integer(Int64($0.delivery.request.body.count))
            } cell: {
                .init(HumanText.byteCount(Int64($0.delivery.request.body.count)))
            },
            .init("bodySHA256") { .string(Hex.encode($0.delivery.bodySHA256)) },
        ]
    }
}
