internal import Deliveries
internal import Journal
internal import Quarantine
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Rejected deliveries for people and programs.
enum QuarantineView {
    private static let names = [
        "id", "receivedAt", "source", "method", "target", "peer", "verification", "reason", "bodyBytes", "bodySHA256",
    ]

    static func print(_ entries: [QuarantineEntry], _ format: OutputFormat, _ console: Console) throws {
        var listing = RowListing(format, on: console, names: names, values: values, table: table)
        try listing.print(entries)
    }

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
            [console.styled("Rejected delivery \(entry.id)", .bold) + "  \(delivery.uuid)"]
            + view.overviewLines(
                source: delivery.source, origin: "  rejected   \(verdict): \(TerminalText.escape(delivery.reason))")
            + view.headerSection(console)
        for text in lines { try line(text) }
        guard !delivery.request.body.isEmpty else { return }
        try line("")
        try line(console.styled("Body", .bold))
        try view.writeBody(
            on: console, limit: bodyLineLimit, rest: "callbox quarantine show \(entry.id) --body", line)
    }

    private static func values(_ entry: QuarantineEntry) -> [JSONText] {
        let delivery = entry.delivery
        let request = delivery.request
        return [
            .integer(entry.id.rawValue), .string(request.receivedAt.rfc3339), .string(delivery.source),
            .string(request.method), .string(Masking.target(request.target.text)), .string(request.peer),
            .string(delivery.verification.rawValue), .string(delivery.reason), .integer(Int64(request.body.count)),
            .string(Hex.encode(delivery.bodySHA256)),
        ]
    }

    private static func table(_ entries: [QuarantineEntry]) -> Table {
        Table(
            columns: [
                .init(title: "ID", alignment: .right), .init(title: "RECEIVED"), .init(title: "SOURCE"),
                .init(title: "PEER"),
                .init(title: "SIZE", alignment: .right), .init(title: "REASON", shortestWidth: 16),
                .init(title: "TARGET", shortestWidth: 12),
            ],
            rows: entries.map { entry in
                let request = entry.delivery.request
                return [
                    .init("\(entry.id)", .bold), .init(HumanText.time(request.receivedAt)),
                    .init(entry.delivery.source),
                    .init(request.peer), .init(HumanText.byteCount(Int64(request.body.count))),
                    .init(entry.delivery.reason, .red), .init(PersonalData.target(request.target.text)),
                ]
            })
    }
}
