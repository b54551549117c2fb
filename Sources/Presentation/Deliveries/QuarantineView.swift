internal import Deliveries
internal import Journal
internal import Quarantine
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// A rejected delivery on a terminal.
enum QuarantineView {
    /// - Parameter bodyLineLimit: nil for all of the body.
    static func write(
        _ entry: QuarantineEntry, isRevealed: Bool = false, on console: Console,
        bodyLineLimit: Int? = DeliveryView.bodyLineLimit, _ line: (String) throws -> Void
    ) rethrows {
        let delivery = entry.delivery
        let view = RequestView(
            request: delivery.request, bodySHA256: delivery.bodySHA256, isRevealed: isRevealed)
        let verdict = console.styled(delivery.verification.rawValue, .red)
        let lines =
            [console.styled("Rejected delivery q\(entry.id)", .bold) + "  \(delivery.uuid)"]
            + view.overviewLines(
                source: delivery.source, origin: "  rejected   \(verdict): \(TerminalText.escape(delivery.reason))")
            + view.headerSection(console)
        for text in lines { try line(text) }
        guard !delivery.request.body.isEmpty else { return }
        try line("")
        try line(console.styled("Body", .bold))
        try view.writeBody(
            on: console, limit: bodyLineLimit, rest: "callbox quarantine show q\(entry.id) --body", line)
    }
}

extension QuarantineEntry {
    static var members: [RowMember<QuarantineEntry>] {
        [
            .init("id", .number("ID")) {
                .integer($0.id.rawValue)
            } cell: {
                .init("q\($0.id)", .bold)
            },
            .time("receivedAt", .text("RECEIVED", leavesAs: 4)) { $0.delivery.request.receivedAt },
            .init("source", .text("SOURCE", shortest: 8, leavesAs: 5)) { .string($0.delivery.source) },
            .init("method") { .string($0.delivery.request.method) },
            .init("target", .text("TARGET", shortest: 12, leavesAs: 2)) {
                .string(Masking.target($0.delivery.request.target.text))
            } cell: {
                .init(PersonalData.target($0.delivery.request.target.text))
            },
            .init("peer", .text("PEER", leavesAs: 3)) { .string($0.delivery.request.peer) },
            .init("verification") { .string($0.delivery.verification.rawValue) },
            .init("reason", .text("REASON")) {
                .string($0.delivery.reason)
            } cell: {
                .init($0.delivery.reason, .red)
            },
            .init("bodyBytes", .number("SIZE", leavesAs: 1)) {
                .integer(Int64($0.delivery.request.body.count))
            } cell: {
                .init(HumanText.byteCount(Int64($0.delivery.request.body.count)))
            },
            .init("bodySHA256") { .string(Hex.encode($0.delivery.bodySHA256)) },
        ]
    }
}
